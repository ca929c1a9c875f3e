import packageJson from "../../package.json" with { type: "json" };
import type { Harness } from "../../schema/recipe/harness.ts";

/** Who answers the first agent: a stub, a provider with the key in this file, or whoever the harness logs in to. */
export type Answers =
  | { readonly kind: "stub" }
  | { readonly kind: "key"; readonly file: string }
  | { readonly kind: "login" };

export const FIRST_AGENT = "assistant";

/** Text of a fleet file with one agent. */
export function firstFleet({ name, first }: Pick<Harness, "name" | "first">, answers: Answers) {
  const key = (file: string) => `secrets: { ${first.secret}: { file: ${JSON.stringify(file)} } },`;
  const lines = {
    stub: ["// A key of your provider, once `stub` above is gone:", `// ${key("/path/to/key")}`],
    key: answers.kind === "key" ? [key(answers.file)] : [],
    login: ["// Without a key the harness asks you to log in.", `// ${key("/path/to/key")}`],
  }[answers.kind];
  return `import { defineFleet } from ${JSON.stringify(packageJson.name)};

export default defineFleet({
${answers.kind === "stub" ? STUB : ""}  agents: {
    ${FIRST_AGENT}: {
      harness: ${JSON.stringify(name)},
      model: ${JSON.stringify(first.model)},
      role: "You help with this project. Be brief.",
${lines.map((line) => `      ${line}\n`).join("")}    },
  },
});
`;
}

const STUB =
  "  // A stub on loopback answers in place of the model: no key, no network.\n  stub: true,\n";
