import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ForgeError } from "../../../schema/errors.ts";
import { readStatus as statusOf } from "./activity.ts";
import { Bus } from "./bus.ts";
import { groupOf, usageIn } from "./cgroup.ts";
import { readDeclared } from "./manifest.ts";

const folder = mkdtempSync(join(tmpdir(), "forge-host-"));
after(() => rmSync(folder, { recursive: true }));

const report = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ForgeError);
  assert.equal(error.code, code);
  assert.match(error.report(), message);
  return true;
};

const manifestOf = (agent: object, version = 1) => {
  const file = join(folder, "manifest.json");
  writeFileSync(file, JSON.stringify({ version, host: "box", agents: { reviewer: agent } }));
  return readDeclared(file);
};
const declared = {
  ...{ harness: "some-harness", model: "sonnet", description: "", user: "u", plan: "/nix/store/p" },
};

test("a manifest tells the agents", async () => {
  const { harness, model } = declared;
  assert.deepEqual([...(await manifestOf(declared))], [["reviewer", { harness, model }]]);
});

test("a host without a manifest, or with a wrong one, says so", async () => {
  const invalid = (where: RegExp) => report("MANIFEST_INVALID", where);
  await assert.rejects(
    readDeclared(join(folder, "none.json")),
    report("MANIFEST_MISSING", /none\.json.*\n {2}→ .*up/),
  );
  await assert.rejects(manifestOf(declared, 2), invalid(/manifest\.json\.version: .*1/));
  await assert.rejects(manifestOf({ ...declared, model: 3 }), invalid(/agents\.reviewer\.model/));
  writeFileSync(join(folder, "cut.json"), '{ "version": 1,');
  await assert.rejects(readDeclared(join(folder, "cut.json")), invalid(/cut\.json: .*JSON/));
});

test("what a unit uses is read where the kernel counts it", () => {
  const counting = join(folder, "slice/counting.service");
  mkdirSync(counting, { recursive: true });
  writeFileSync(join(counting, "memory.current"), "157286400\n");
  assert.equal(groupOf("counting.service", join(folder, "slice")), counting);
  assert.equal(groupOf("elsewhere.service", join(folder, "slice")), undefined);
  assert.deepEqual(usageIn(counting), { memory: 157_286_400, tasks: null });
});

const readStatus = (...where: Parameters<typeof statusOf>) => statusOf(...where).activity;

test("a status counts if it was written since the start, and can be read", () => {
  const says = (name: string, text: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "status"), text);
    return readStatus(name, 1000, [folder, join(folder, "none")]);
  };
  assert.equal(
    says("a", '{"at":1000,"state":"waiting-permission","event":"x"}\n'),
    "waiting-permission",
  );
  assert.equal(says("a", '{"at":999,"state":"ready"}'), "unknown");
  assert.equal(says("a", '{"at":1000,"state":"\\u001b[2J"}'), "unknown");
  assert.equal(says("a", '{"at":1000,"state":"running-amok"}'), "unknown", "no state of forge's");
  assert.equal(says("a", '{"at":1000,"st'), "unknown");
  assert.equal(readStatus("silent", 1000, [folder, join(folder, "none")]), "unknown");
});

test("what was seen on the terminal counts until the agent says more than that it starts", () => {
  const record = (where: string, at: number, state: string): void => {
    mkdirSync(join(folder, where, "b"), { recursive: true });
    writeFileSync(join(folder, where, "b/status"), JSON.stringify({ at, state }));
  };
  const status = () => readStatus("b", 1000, [join(folder, "said"), join(folder, "seen")]);
  record("said", 1001, "starting");
  record("seen", 1005, "ready");
  assert.equal(status(), "ready");
  record("said", 1006, "busy");
  assert.equal(status(), "busy");
  record("seen", 1010, "ready"); // looked before the turn showed
  assert.equal(status(), "busy");
  record("said", 900, "busy");
  record("seen", 950, "ready");
  assert.equal(status(), "unknown");
});

test("the screen is what forge saw, never what the agent wrote, and only in that state", () => {
  const write = (where: string, record: object): void => {
    mkdirSync(join(folder, where, "c"), { recursive: true });
    writeFileSync(join(folder, where, "c/status"), JSON.stringify(record));
  };
  const screen = () => statusOf("c", 1000, [join(folder, "said"), join(folder, "seen")]).screen;
  write("said", { at: 1001, state: "starting", screen: ["mine"] });
  assert.deepEqual(screen(), []);
  write("seen", { at: 1005, state: "unknown", screen: ["one", "two"] });
  assert.deepEqual(screen(), ["one", "two"]);
  write("seen", { at: 1005, state: "ready", screen: "text" });
  assert.deepEqual(screen(), []);
  write("seen", { at: 1005, state: "waiting-login", screen: ["log in"] });
  write("said", { at: 1010, state: "waiting-permission", screen: ["mine"] });
  assert.deepEqual(screen(), []);
});

test("a status that an agent made a pipe or a link is not waited for, nor followed", () => {
  for (const name of ["pipe", "link"]) mkdirSync(join(folder, name));
  execFileSync("mkfifo", [join(folder, "pipe/status")]);
  writeFileSync(join(folder, "target"), '{"at":1000,"state":"ready"}');
  symlinkSync(join(folder, "target"), join(folder, "link/status"));
  assert.equal(readStatus("pipe", 1000, [folder, join(folder, "none")]), "unknown");
  assert.equal(readStatus("link", 1000, [folder, join(folder, "none")]), "unknown");
});

test("a machine without a message bus says so", async () => {
  const call = { destination: "a.b", path: "/a", interface: "a.b", member: "C", args: [] };
  await assert.rejects(
    new Bus(join(folder, "no-bus")).call([call]),
    report("SYSTEMD_UNREACHABLE", /ENOENT.*\n {2}→ .*no-bus$/),
  );
});
