import { globSync, readFileSync } from "node:fs";
import { build } from "esbuild";

/** Files that the program reads through runtime/assets.ts. */
const ASSETS = [
  "package.json",
  "runtime/launcher/launch",
  "runtime/signal/forge-signal",
  ...globSync("harnesses/*/assets/*"),
];

/** One file, for start-up time. */
await build({
  entryPoints: ["cli/packaged.ts"],
  outfile: "dist/forge.mjs",
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
  define: {
    FORGE_ASSETS: JSON.stringify(
      Object.fromEntries(ASSETS.map((path) => [path, readFileSync(path, "utf8")])),
    ),
  },
});
