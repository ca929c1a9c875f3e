import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseFleet } from "../../harnesses/fleet.ts";
import { findTools } from "../../runtime/supervisor/local/tools.ts";
import { Agent } from "../../schema/agent.ts";
import { plansOf } from "./start-fleet.ts";

const root = await mkdtemp(join(tmpdir(), "forge-fields-"));
after(() => rm(root, { recursive: true }));
const program = "#!/bin/sh\necho 1.0.0\n";
for (const folder of ["own/bin", "review", "helper/skills"])
  await mkdir(join(root, folder), { recursive: true });
await writeFile(join(root, "review/SKILL.md"), "---\nname: review\ndescription: d\n---\n");
for (const file of ["claude", "pi", "own/bin/claude"])
  await writeFile(join(root, file), program, { mode: 0o755 });

const libraries = {
  skills: { review: { description: "d", source: join(root, "review") } },
  mcpServers: { tracker: { kind: "stdio", command: "/bin/tracker" } },
  plugins: { helper: { source: join(root, "helper") } },
};

/** The plans of a fleet with one agent, whose declaration has these fields besides. */
async function plansWith(fields: object) {
  const agent = { harness: "claude-code", model: "m", role: "r", ...fields };
  return plansOf({
    fleet: parseFleet({ ...libraries, agents: { a: agent } }),
    tools: await findTools(process.env["PATH"] ?? ""),
    state: join(root, "state"),
    folder: root,
    programs: {
      pi: join(root, "pi"),
      ...("package" in fields ? {} : { "claude-code": join(root, "claude") }),
    },
    machine: { env: process.env, cwd: root, execPath: process.execPath },
  });
}

/** A value of each field, and what `forge up` does with it. A new field does not compile until it is here. */
const FIELDS: {
  readonly [F in keyof Agent]: {
    readonly value: unknown;
    readonly verdict: "honoured" | "refused";
  };
} = {
  enable: { value: false, verdict: "honoured" }, // has a test of its own
  description: { value: "Reviews", verdict: "honoured" },
  role: { value: "another", verdict: "honoured" },
  harness: { value: "pi", verdict: "honoured" },
  package: { value: join(root, "own"), verdict: "honoured" },
  model: { value: "other", verdict: "honoured" },
  effort: { value: "high", verdict: "honoured" },
  runAs: { value: "alice", verdict: "refused" },
  workspace: { value: "/srv/site", verdict: "honoured" },
  skills: { value: ["review"], verdict: "honoured" },
  mcpServers: { value: ["tracker"], verdict: "honoured" },
  plugins: { value: ["helper"], verdict: "honoured" },
  permissions: { value: { deny: ["WebFetch"] }, verdict: "honoured" },
  secrets: { value: { KEY: { file: "/run/key" } }, verdict: "honoured" },
  environmentFiles: { value: ["/run/a.env"], verdict: "honoured" },
  environment: { value: { NAME: "x" }, verdict: "honoured" },
  resume: { value: "never", verdict: "honoured" },
  extraArgs: { value: ["--verbose"], verdict: "honoured" },
  resources: { value: { tasksMax: 7 }, verdict: "refused" },
};

const [plain] = await plansWith({});

test("every field of an agent is classified", () => {
  assert.deepEqual(Object.keys(FIELDS).sort(), Object.keys(Agent.shape).sort());
});

for (const [field, { value, verdict }] of Object.entries(FIELDS)) {
  if (field === "enable") continue;
  test(`${field} is ${verdict} by forge up`, async () => {
    const plans = plansWith({ [field]: value });
    if (verdict === "honoured") return assert.notDeepEqual(await plans, [plain]);
    await assert.rejects(plans, {
      code: "NOT_SUPPORTED_HERE",
      message: new RegExp(`^agents\\.a\\.${field}\\b.*: forge up cannot`),
      fix: /^leave it out, or run the agent on NixOS$/,
    });
  });
}

test("an agent that is not enabled gets no plan", async () => {
  await assert.rejects(plansWith({ enable: false }), { code: "FLEET_INVALID" });
});

const DEFAULTS = Agent.shape.resources.parse({});
const LIMITS: { readonly [L in keyof Agent["resources"]]: unknown } = {
  ...{ memoryMax: "3G", tasksMax: 7, cpuWeight: 9 },
};

test("each limit is refused by its own path; the defaults are not", async () => {
  assert.deepEqual(Object.keys(LIMITS).sort(), Object.keys(DEFAULTS).sort());
  for (const [limit, value] of Object.entries(LIMITS)) {
    const message = new RegExp(`^agents\\.a\\.resources\\.${limit}: `);
    await assert.rejects(plansWith({ resources: { [limit]: value } }), { message });
  }
  assert.deepEqual(await plansWith({ resources: DEFAULTS, runAs: null }), [plain]);
});
