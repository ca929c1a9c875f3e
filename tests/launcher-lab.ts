import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildPlanFolder } from "../plan/build/folder.ts";
import { renderLauncher, type ScriptTools } from "../runtime/render.ts";
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

type Fields = { readonly [field: string]: unknown };

/** A small plan with any of its fields replaced. */
export const samplePlan = (state: string, fields: Fields = {}): Plan =>
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
      environmentFiles: [],
      files: { "config/role.md": { text: "role\n" } },
      seed: {},
      home: state,
      workdir: `${state}/workspace`,
      links: {},
      databases: [],
      resume: [],
      terminal: {
        ...{ ready: { title: "x" }, busy: { screen: "y" } },
        ...{ login: null, dialog: null, rateLimited: null, refused: null },
        ...{ clear: [], quit: "/quit", submitDelay: 0 },
      },
      headless: { argv: ["/bin/true"], env: {}, prompt: "stdin" },
      acp: null,
      library: { skillFields: [], pluginFiles: [], skills: {}, plugins: {} },
      trust: null,
      resources: { memoryMax: null, tasksMax: 1, cpuWeight: 1 },
      ...fields,
    },
    { code: "PLAN_INVALID", where: "plan", fix: "correct the test" },
  );

/** A launcher and an agent's plan folder `out`, with its state in `root`/state. Gives the agent's program. */
export async function installAgent(
  root: string,
  fields: Fields,
  out = join(root, "plan"),
): Promise<string> {
  const launcher = join(root, "launch");
  writeFileSync(launcher, renderLauncher(launcherTools()), { mode: 0o755 });
  await buildPlanFolder({ plan: samplePlan(join(root, "state"), fields), out, launcher });
  return join(out, "bin/forge-agent-sample");
}
