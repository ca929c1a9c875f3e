import { fileURLToPath } from "node:url";
import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { type Commands, commandTree } from "../command-tree.ts";
import { print, say } from "../print.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Development only: its libraries are no part of the packaged program, so they load when it runs. */
export const generateCommand = (commands: Commands, description: string): Command =>
  new Command("generate")
    .description("For forge's own development: write the generated Nix modules and docs")
    .option("--check", "write nothing; show the differences and exit with 1")
    .action(async ({ check }: { check?: true }) => {
      const { HARNESSES } = await import("../../harnesses/registry.ts");
      const { outputsOf } = await import("../../generator/outputs.ts");
      const { checkOutputs, writeOutputs } = await import("../../generator/write.ts");
      const { manPage } = await import("../man-page.ts");
      const tree = await commandTree(commands);
      const manual = manPage({ version: packageJson.version, description, tree });
      const outputs = [...outputsOf(root, HARNESSES), { path: "docs/forge.1", content: manual }];
      if (check) {
        await checkOutputs(root, outputs);
        const { checkFormat } = await import("../../generator/nix/nixfmt.ts");
        const nixFiles = outputs.map(({ path }) => path).filter((path) => path.endsWith(".nix"));
        const formatted = await checkFormat(root, nixFiles);
        if (!formatted) say("SKIPPED formatting: needs nixfmt on PATH\n");
        print(`${outputs.length} generated files are as they should be\n`);
        return;
      }
      const changed = await writeOutputs(root, outputs);
      print(changed.length > 0 ? `${changed.join("\n")}\n` : "nothing changed\n");
    });
