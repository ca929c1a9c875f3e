import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { print } from "../print.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Development only, like `generate`. */
export const newHarnessCommand = (): Command =>
  new Command("new")
    .description("Create the recipe of a new harness from a template")
    .argument("<harness>", "its name: a-z, 0-9 and -")
    .action(async (name: string) => {
      const { scaffoldHarness } = await import("../../generator/scaffold.ts");
      const files = scaffoldHarness(root, name);
      for (const { path, content } of files) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), content);
      }
      print(`${files.map(({ path }) => path).join("\n")}\n\n${next(name)}`);
    });

const next = (name: string): string => `next, once harnesses/${name}/harness.ts says what is true:
  npm run generate
  npm run update:golden
  npm run check && npm run test:nix
  npm run forge -- harness check ${name} --program /path/to/${name}
`;
