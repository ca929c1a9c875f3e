import { buildSync } from "esbuild";

const ENTRY = "plan/build/main.ts";

/**
 * What the plan builder is made from: source files of this repository and npm packages. Nix cannot follow imports,
 * so it reads this list (nix/plan-builder.nix).
 */
export function planBuilderSources(root: string): string {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const packages = imports
    .filter(({ external, path }) => external === true && !path.startsWith("node:"))
    .map(({ path }) => path);
  const sources = {
    entry: ENTRY,
    files: Object.keys(metafile.inputs).toSorted(),
    packages: [...new Set(packages)].toSorted(),
  };
  return `${JSON.stringify(sources, null, 2)}\n`;
}
