import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as z from "zod";
import { AgentOnHost, Finding } from "../../schema/command-output.ts";
import { sampleFleet } from "../../tests/sample-fleet.ts";
import { agentFindings } from "./agents.ts";
import { type Host, hostFindings } from "./host.ts";
import { machineFindings } from "./machine.ts";

const root = mkdtempSync(join(tmpdir(), "forge-doctor-"));
after(() => rmSync(root, { recursive: true }));
const golden = join(import.meta.dirname, "../../tests/golden/lab-host/etc/forge/manifest.json");

/** A host where all is well, in a folder of its own. */
function soundHost(): Host & { readonly folder: string } {
  const folder = mkdtempSync(join(root, "host-"));
  const at = (name: string) => join(folder, name);
  for (const name of ["spool", "polkit"]) mkdirSync(at(name));
  for (const name of ["api", "api-read"]) writeFileSync(at(name), "");
  writeFileSync(at("manifest.json"), readFileSync(golden));
  writeFileSync(at("group"), "root:x:0:\nforge-operators:x:900:bob\nforge-observers:x:901:\n");
  return {
    folder,
    paths: {
      ...{ manifest: at("manifest.json"), api: at("api"), apiRead: at("api-read") },
      ...{ spool: at("spool"), lowDisks: at("low") },
    },
    ...{ groupFile: at("group"), polkit: at("polkit"), user: { name: "bob", gids: [900] } },
    mayOpen: (path) => path === at("api"),
  };
}

const codesOf = async (host: Host): Promise<readonly string[]> => {
  const findings = await hostFindings(host);
  for (const finding of findings) assert.ok(Finding.parse(finding).fix.length > 10);
  return findings.map(({ code }) => code);
};

test("a sound host has no findings", async () => {
  assert.deepEqual(await hostFindings(soundHost()), []);
});

test("what is wrong with a host is found, each with what to do", async () => {
  const host = soundHost();
  const write = (name: string, text: string) => writeFileSync(join(host.folder, name), text);
  write("manifest.json", '{"version":7}');
  write("spool/1.json", "{}");
  write("spool/2.json", "{}");
  write("spool/.unfinished", "{}");
  write("spool/0.json.refused", "{}");
  write("low", '{"path":"/srv/a","left":3,"of":"space","free":1}\n');
  rmSync(join(host.folder, "polkit"), { recursive: true });
  assert.deepEqual(await codesOf(host), [
    ...["MANIFEST_INVALID", "spool-waiting", "spool-refused", "disk-low", "polkit-missing"],
  ]);
  const [, waiting, refused] = await hostFindings(host);
  assert.match(waiting?.what ?? "", /: 2$/);
  assert.match(refused?.about ?? "", /0\.json\.refused$/);
});

test("a person who may not ask forged is told why", async () => {
  const shut = { ...soundHost(), mayOpen: () => false };
  const fixFor = async (user: Host["user"]) => {
    const [finding, ...more] = await hostFindings({ ...shut, user });
    assert.deepEqual([finding?.code, more], ["ACCESS_DENIED", []]);
    return finding?.fix ?? "";
  };
  assert.match(await fixFor({ name: "eve", gids: [100] }), /services\.forge\.operators/);
  assert.match(await fixFor({ name: "bob", gids: [100] }), /^log in again/);
  for (const path of [shut.paths.api, shut.paths.apiRead]) rmSync(path);
  assert.deepEqual(await codesOf(shut), ["API_UNREACHABLE"]);
});

const agent = AgentOnHost.parse({
  ...{ name: "ada", declared: true, fleet: null, harness: "sample", model: "stub" },
  ...{ unitState: "running", activity: "ready", since: null, pid: 7, restarts: 0, memory: null },
  ...{ tasks: null, result: null, exitStatus: null, signal: null, screen: [] },
  ...{ status: null, turns: null, queued: null },
});

test("agents that need a person are found by what they do", () => {
  const codes = (more: Partial<AgentOnHost>) =>
    agentFindings([{ ...agent, ...more }]).map(({ code }) => code);
  for (const activity of ["ready", "busy", "starting", "rate-limited", null] as const)
    assert.deepEqual(codes({ activity }), []);
  for (const activity of ["stuck", "waiting-login", "unknown"] as const)
    assert.deepEqual(codes({ activity }), [activity]);
  const status = { since: 1, source: null, event: null, screen: [], until: null };
  assert.deepEqual(codes({ status: { ...status, state: "login-expired" } }), ["login-expired"]);
  assert.deepEqual(codes({ unitState: "stopped", activity: "unknown" }), []);
  assert.deepEqual(codes({ declared: false }), ["undeclared"]);
  for (const unitState of ["failed", "missing", "masked", "crashed"] as const)
    assert.deepEqual(codes({ unitState }), ["UNIT_FAILED"]);
  assert.deepEqual(codes({ unitState: "failed", fleet: "/f.ts" }), ["AGENT_FAILED"]);
});

test("what forge up lacks on this machine is found", async () => {
  const env = { HOME: root, PATH: root };
  const codes = async (machine: Parameters<typeof machineFindings>[0]) =>
    (await machineFindings(machine)).map(({ code }) => code).filter((code) => code !== "disk-low");
  assert.deepEqual(await codes({ env, nodeVersion: "22.12.0" }), ["NODE_TOO_OLD", "TOOL_MISSING"]);
  const path = { ...env, PATH: process.env["PATH"] };
  assert.deepEqual(await codes({ env: path, nodeVersion: "22.13.0" }), []);
});

test("a fleet whose API does not answer is found, and a sound one is not", async () => {
  await using fleet = await sampleFleet();
  const findings = async () => {
    const { stdout, status, stderr } = await fleet.forge("doctor", "--json");
    assert.equal(stderr, "");
    const all = z.array(Finding).parse(JSON.parse(stdout));
    assert.equal(status, all.length > 0 ? 1 : 0);
    return all.filter(({ code }) => code !== "disk-low").map(({ code, about }) => [code, about]);
  };
  assert.deepEqual(await findings(), []);
  assert.match((await fleet.forge("doctor")).stdout, /^nothing is wrong|^disk-low/);
  const unreachable = [["API_UNREACHABLE", join(fleet.folder, "fleet.ts")]];
  await fleet.stopApi();
  assert.deepEqual(await findings(), unreachable);
  await fleet.hangApi();
  assert.deepEqual(await findings(), unreachable);
});
