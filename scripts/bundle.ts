import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

/** Files that the program reads through runtime/assets.ts. */
const ASSETS = [
  ...globSync("runtime/launcher/*.{bash,jq}"),
  "runtime/signal/forge-signal",
  ...globSync("harnesses/*/assets/*"),
];

rmSync("dist", { recursive: true, force: true });

/** One file for each command and for what they share: for start-up time, as each loads only its own. */
await build({
  entryPoints: [{ in: "cli/packaged.ts", out: "forge" }],
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
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
