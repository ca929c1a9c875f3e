import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import root from "../package.json" with { type: "json" };

/** What `npm pack ./dist` packs beside the bundle: declarations, texts, and a manifest for people who install it. */
execFileSync("tsc", ["--project", "scripts/tsconfig.json"], { stdio: "inherit" });

const TEXTS = ["README.md", "LICENSE", "CHANGELOG.md"];
for (const text of TEXTS) copyFileSync(text, `dist/${text}`);
const MANUAL = "forge.1";
copyFileSync(`docs/${MANUAL}`, `dist/${MANUAL}`);

const { name, version, description, license, engines, dependencies } = root;
const entry = (module: string, types: string) => ({
  types: `./types/harnesses/${types}.d.ts`,
  default: `./${module}.mjs`,
});

const manifest = {
  ...{ name, version, description, license, type: "module", engines },
  bin: { forge: "forge.mjs" },
  man: `./${MANUAL}`,
  exports: { ".": entry("index", "public"), "./recipe": entry("recipe", "recipe") },
  files: ["*.mjs", "parts", "types", "THIRD-PARTY.md", MANUAL, ...TEXTS],
  // The declarations need its types. Everything else that the program needs is in the bundle.
  dependencies: { zod: dependencies.zod },
};
writeFileSync("dist/package.json", `${JSON.stringify(manifest, null, 2)}\n`);
