import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import type { ScriptTools } from "../runtime/render.ts";
import { parse } from "../schema/parse.ts";
import { Plan } from "../schema/plan.ts";

const which = (program: string): string =>
  execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();

/** This machine's own programs. */
export const launcherTools = (): ScriptTools => ({
  bash: which("bash"),
  coreutils: dirname(which("mkdir")),
  flock: which("flock"),
  jq: which("jq"),
  sqlite3: which("sqlite3"),
});

/** A small plan with any of its fields replaced. */
export const samplePlan = (
  state: string,
  fields: { readonly [field: string]: unknown } = {},
): Plan =>
  parse(
    Plan,
    {
      version: 1,
      agent: "sample",
      description: "",
      harness: "sample",
      package: { name: "sample", version: "1" },
      argv: ["/bin/true"],
      env: { HOME: state, PATH: "/nonexistent" },
      credentials: {},
      files: { "config/role.md": { text: "role\n" } },
      seed: {},
      home: state,
      workdir: `${state}/workspace`,
      links: {},
      databases: [],
      resume: [],
      terminal: {
        ...{ ready: { title: "x" }, busy: { screen: "y" } },
        ...{ login: null, permission: null, rateLimited: null, refused: null },
        ...{ clear: [], quit: "/quit", submitDelay: 0 },
      },
      headless: { argv: ["/bin/true"], env: {}, prompt: "stdin" },
      acp: null,
      hardening: { jit: false },
      resources: { memoryMax: null, tasksMax: 1, cpuWeight: 1 },
      ...fields,
    },
    { code: "PLAN_INVALID", where: "plan", fix: "correct the test" },
  );
