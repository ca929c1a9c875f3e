import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseFleet } from "../harnesses/fleet.ts";
import { buildPlanFolder } from "../plan/build/folder.ts";
import { planFor } from "../plan/plan.ts";
import { ForgeError } from "../schema/errors.ts";
import { parse } from "../schema/parse.ts";
import { Plan } from "../schema/plan.ts";
import { expectGolden } from "./golden.ts";

/** What a person sees for each mistake, word for word. The NixOS side of the same table is in tests/nixos/. */
async function expectRefusal(name: string, attempt: () => unknown): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    expectGolden(`errors/${name}.txt`, `${error.report()}\n`);
    return;
  }
  assert.fail(`${name} was accepted`);
}

const AGENT = { role: "You review.", harness: "pi", model: "m" };
const place = {
  name: "reviewer",
  home: "/state/reviewer",
  workdir: "/state/reviewer/workspace",
  bin: "/bin/pi",
  path: "/bin",
  shell: "/bin/sh",
  package: { name: "pi", version: "1" },
  signal: "/bin/forge-signal",
  assets: "/assets",
  adapter: null,
  confined: true,
  person: null,
};
function declare(fields: object, around: object = {}): void {
  const fleet = parseFleet({ agents: { reviewer: { ...AGENT, ...fields } }, ...around });
  for (const declared of fleet.agents) planFor({ declared, fleet, place });
}

const DECLARATIONS: { readonly [name: string]: () => void } = {
  "unknown-harness": () => declare({ harness: "clade-code" }),
  "shortened-harness": () => declare({ harness: "claud" }),
  "misspelt-option": () => declare({ modle: "x" }),
  "misspelt-harness-option": () => declare({ pi: { provder: "x" } }),
  "wrong-type": () => declare({ model: 3 }),
  "missing-field": () => declare({ role: undefined }),
  "undeclared-skill": () =>
    declare({ skills: ["reveiw"] }, { skills: { review: { description: "d", source: "/s" } } }),
  "undeclared-mcp-server": () => declare({ harness: "claude-code", mcpServers: ["tracker"] }),
  "undeclared-plugin": () => declare({ harness: "claude-code", plugins: ["style"] }),
  "secret-in-store": () => declare({ secrets: { KEY: { file: "/nix/store/x-key" } } }),
  "secret-and-variable": () =>
    declare({ secrets: { KEY: { file: "/run/key" } }, environment: { KEY: "x" } }),
  "variable-name": () => declare({ environment: { "MY-KEY": "x" } }),
  "relative-workspace": () => declare({ workspace: "checkouts/website" }),
  "agent-name": () => void parseFleet({ agents: { "Code Reviewer": AGENT } }),
  "option-of-another-harness": () => declare({ "claude-code": { permissionMode: "plan" } }),
  "no-permissions-to-allow": () => declare({ permissions: { allow: ["Read"] } }),
  "nul-in-text": () => declare({ role: "a\0b" }),
};
for (const [name, attempt] of Object.entries(DECLARATIONS)) {
  test(`a declaration is refused clearly: ${name}`, () => expectRefusal(name, attempt));
}

const good: object = JSON.parse(
  readFileSync(fileURLToPath(new URL("golden/pi/plan.json", import.meta.url)), "utf8"),
);
const plan = (fields: object): Plan =>
  parse(
    Plan,
    { ...good, ...fields },
    { code: "PLAN_INVALID", where: "plan.json", fix: "correct it" },
  );
const build = (fields: object) =>
  buildPlanFolder({ plan: plan(fields), out: "/nonexistent/out", launcher: "/nonexistent/launch" });

const PLANS: { readonly [name: string]: () => unknown } = {
  "plan-unknown-key": () => plan({ agnt: "x" }),
  "plan-wrong-version": () => plan({ version: 2 }),
  "plan-relative-argv0": () => plan({ argv: ["pi", "--model", "m"] }),
  "plan-empty-argv": () => plan({ argv: [] }),
  "plan-path-outside": () => plan({ files: { "../.bashrc": { text: "x" } } }),
  "plan-absolute-file": () => plan({ files: { "/etc/passwd": { text: "x" } } }),
  "plan-launcher-folder": () => plan({ files: { ".forge/laid": { text: "x" } } }),
  "plan-shell-variable": () => plan({ env: { BASH_ENV: "x" } }),
  "plan-file-in-file": () => build({ files: { a: { text: "x" }, "a/b": { text: "y" } } }),
  "plan-file-and-seed": () => build({ files: { a: { text: "x" } }, seed: { a: {} } }),
};
for (const [name, attempt] of Object.entries(PLANS)) {
  test(`a plan is refused clearly: ${name}`, () => expectRefusal(name, attempt));
}
