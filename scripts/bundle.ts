import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

/** Files that the program reads through runtime/assets.ts. */
const ASSETS = [
  ...globSync("runtime/launcher/*.{bash,jq}"),
  "runtime/signal/forge-signal",
  ...globSync("harnesses/*/assets/*"),
];

rmSync("dist", { recursive: true, force: true });

/** The program, and what fleet files and harnesses import. What they share is split off: each loads only its own. */
await build({
  entryPoints: [
    { in: "cli/packaged.ts", out: "forge" },
    { in: "harnesses/public.ts", out: "index" },
    { in: "harnesses/recipe.ts", out: "recipe" },
  ],
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "parts/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  inject: ["cli/node20.ts"],
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  define: {
    FORGE_ASSETS: JSON.stringify(
      Object.fromEntries(ASSETS.map((path) => [path, readFileSync(path, "utf8")])),
    ),
  },
});
