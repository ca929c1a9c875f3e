import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { GOES_ON } from "../../schema/plan.ts";
import { installAgent } from "../../tests/launcher-lab.ts";

let root = "";
let agent = "";
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "forge-resume-"));
  const fields = { argv: ["/bin/echo", "--model", "m"], resume: ["resume", "id={session}"] };
  agent = await installAgent(root, fields, join(root, 'pl"a\\n'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const own = (file: string): string => join(root, "state/.forge", file);
const start = (env: NodeJS.ProcessEnv = {}): string => {
  const { status, stdout, stderr } = spawnSync(agent, { encoding: "utf8", env });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
};

test("a remembered conversation goes on, before all other arguments", () => {
  assert.equal(start(), "--model m");
  writeFileSync(own("session"), "s-1\n");
  assert.equal(start(), "resume id=s-1 --model m");
});

test("a terminal is told that a conversation goes on, and of nothing when there is none", () => {
  const env = { ...process.env, AGENT: agent };
  const onTerminal = () =>
    spawnSync("script", ["-qec", '"$AGENT"', "/dev/null"], { encoding: "utf8", env }).stdout;
  assert.ok(!onTerminal().includes(GOES_ON));
  writeFileSync(own("session"), "s-1\n");
  assert.match(onTerminal(), new RegExp(`^.*${GOES_ON}\r\n.*id=s-1`, "s"));
});

test("a conversation that could not be continued is put aside, and the agent begins anew", () => {
  start();
  writeFileSync(own("session"), "s-1\n");
  start();
  assert.equal(start(), "--model m", "no sign of life came since the last try");
  assert.ok(readdirSync(own(".")).some((name) => name.startsWith("session.unusable-")));
});

test("a conversation is not put aside because its agent was stopped at once", () => {
  const run = mkdtempSync(join(root, "run-"));
  const RUNTIME_DIRECTORY = run;
  start({ RUNTIME_DIRECTORY });
  writeFileSync(own("session"), "s-1\n");
  start({ RUNTIME_DIRECTORY });
  rmSync(join(run, "status")); // as systemd does after a stop, but not before it starts the agent again
  assert.equal(start({ RUNTIME_DIRECTORY }), "resume id=s-1 --model m");
  assert.equal(start({ RUNTIME_DIRECTORY }), "--model m");
});

test("a sign of life, or time, lets it be continued again", () => {
  start();
  writeFileSync(own("session"), "s-1\n");
  start();
  rmSync(own("resumed")); // as forge-signal does
  assert.equal(start(), "resume id=s-1 --model m");
  writeFileSync(own("resumed"), `${Math.floor(Date.now() / 1000) - 60}\n`);
  assert.equal(start(), "resume id=s-1 --model m");
});

test("what the agent put in the place of a conversation's name never becomes an argument", () => {
  start();
  for (const name of ["--dangerous", "a b", "$(id)", "", "x".repeat(200)]) {
    writeFileSync(own("session"), `${name}\n`);
    rmSync(own("resumed"), { force: true });
    assert.equal(start(), "--model m");
  }
});

test("a start is told in the runtime directory", () => {
  const run = mkdtempSync(join(root, "run-"));
  writeFileSync(join(run, "events"), "of the run before\n");
  start({ RUNTIME_DIRECTORY: run });
  const text = readFileSync(join(run, "status"), "utf8");
  assert.match(text, /^\{"at":\d{13},"state":"starting","event":"start","plan":".*"\}\n$/);
  assert.equal(JSON.parse(text).plan, join(root, 'pl"a\\n'));
  assert.equal(readFileSync(join(run, "events"), "utf8"), text);
  for (const file of ["status", "events"])
    assert.equal(statSync(join(run, file)).mode & 0o777, 0o644, "others may read it");
});
