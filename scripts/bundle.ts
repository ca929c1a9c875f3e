import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build, type Metafile } from "esbuild";
import { PROGRAM } from "./program.ts";

/** Files that the program reads through runtime/assets.ts. */
const ASSETS = [
  ...globSync("runtime/launcher/*.{bash,jq}"),
  "runtime/signal/forge-signal",
  ...globSync("harnesses/*/assets/*"),
];

rmSync("dist", { recursive: true, force: true });

/** The program, and what fleet files and harnesses import. What they share is split off: each loads only its own. */
const { metafile } = await build({
  entryPoints: [
    { in: "cli/packaged.ts", out: "forge" },
    { in: "harnesses/public.ts", out: "index" },
    { in: "harnesses/recipe.ts", out: "recipe" },
  ],
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "parts/[name]-[hash]",
  ...PROGRAM,
  metafile: true,
  splitting: true,
  target: "node20",
  inject: ["cli/node20.ts"],
  define: {
    FORGE_ASSETS: JSON.stringify(
      Object.fromEntries(ASSETS.map((path) => [path, readFileSync(path, "utf8")])),
    ),
  },
});

writeFileSync("dist/THIRD-PARTY.md", licences(metafile));

/** The licences of the packages that the bundle holds parts of: they ask to go along. */
function licences({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap(
    (file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
      const texts = globSync(`${folder}/{LICEN[CS]E,licen[cs]e}*`);
      return `# ${name} ${version}\n\n${texts.map((text) => readFileSync(text, "utf8").trim()).join("\n\n")}\n`;
    })
    .join("\n");
}
