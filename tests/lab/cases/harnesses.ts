import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { ListedHarness } from "../../../schema/command-output.ts";
import { programOf } from "../fleet.ts";
import { openMachine, realAgents, until } from "../machine.ts";
import { isWithin } from "../pace.ts";
import { assertNothingIsLeft, type RealAgent, realAgentOn } from "../real.ts";

/** Every harness as its makers ship it, in its unit: from a start with nobody there to the end of its last process. */
const machine = openMachine();

/** RestartSec, and what the issue grants on top. */
const BACK_MS = 4000;
const ANSWER = /stub\([a-z0-9.-]+\): \d+\) hello from your harness/;

/** Two at a time, as each mostly waits for others; the slowest is the last by name. */
suite("in its unit", { concurrency: 2 }, () => {
  for (const name of realAgents().toReversed())
    suite(name, { concurrency: 1 }, () => lifeOf(realAgentOn(machine, name)));
});

function lifeOf(agent: RealAgent): void {
  let startMs = 0;
  after(async () => {
    if (agent.name === "real") await agent.fresh();
    else await machine.systemctl("stop", agent.unit);
  });

  test("is ready with nobody there, in the pinned version", async () => {
    startMs = await starts(agent);
  });
  test("answers what is typed at its terminal", async () => {
    await agent.prompt("hello from your harness");
    await agent.shows(ANSWER);
  });
  test("works in a linked worktree, reached by a link with an odd name, and commits there", () =>
    commits(agent));
  test("kill -9: what it started dies too, and it is back with its conversation", () =>
    comesBack(agent, startMs));
  test("stop: it leaves in its own words, and nothing of it is left", () => leaves(agent));
  test("stop within a turn: it ends by SIGTERM, and nothing of it is left", () => isEnded(agent));
}

const ASK_VERSION = `
  plan=$(jq -r ".agents.\\"$1\\".plan" /etc/forge/manifest.json)
  "$(jq -r ".argv[0]" "$plan/plan.json")" --version`;

/** In milliseconds. */
async function starts(agent: RealAgent): Promise<number> {
  const { version } = programOf(agent.name);
  assert.ok((await machine.bash(ASK_VERSION, { args: [agent.name] })).includes(version));
  await machine.systemctl("stop", agent.unit);
  const cursor = await machine.cursor();
  const begin = performance.now();
  await agent.fresh();
  const milliseconds = performance.now() - begin;
  await agent.is("ready");
  assert.deepEqual(await agent.lines(cursor), ["started", "ready"]);
  const listed = JSON.parse(await machine.bash("forge harness ls --json"));
  const harness = z.array(ListedHarness).parse(listed);
  assert.ok(harness.find(({ name }) => name === agent.harness.name)?.running?.includes(version));
  return milliseconds;
}

/** Says what a branch named after the agent has: its last commit's author and file. */
const COMMITTED =
  'cd "/srv/repositories/$1"; git -c safe.directory="*" log -1 --format=%an "$1"; git -c safe.directory="*" show "$1:answers"';

async function commits(agent: RealAgent): Promise<void> {
  await agent.runs("/bin/bash ./tools");
  const ask = () => machine.run("bash", ["-euc", COMMITTED, "lab", agent.name]);
  const answer = async () => {
    const { status, stdout } = await ask();
    return status === 0 && stdout;
  };
  const seen = async () => `${await agent.screen()}\n${(await ask()).stderr}`;
  const committed = await until(`a commit of ${agent.name}`, answer, { seconds: 40, seen });
  assert.equal(committed, `${agent.name}\n42\n42\n9`);
  await agent.is("ready");
}

/**
 * It outlives the tool that starts it, in a session of its own. The tool waits for that: a harness
 * ends what is still in the tool's own group (gemini does).
 */
const STRAY =
  "/usr/bin/setsid --fork /usr/bin/tail -f /dev/null </dev/null >/dev/null 2>&1; /usr/bin/sleep 1";

/** Lets the harness start a process that is no business of it any more. */
async function lose(agent: RealAgent): Promise<void> {
  await agent.runs(STRAY);
  const runs = async () => (await agent.processesOfUser("tail"))[0];
  const stray = await until("a stray process", runs, { seconds: 40, seen: agent.screen });
  assert.ok((await agent.processes()).includes(stray));
}

async function comesBack(agent: RealAgent, startMs: number): Promise<void> {
  await lose(agent);
  const before = await agent.ready();
  const cursor = await machine.cursor();
  const begin = performance.now();
  await machine.bash(`kill -9 ${before}`);
  await until("a new process", async () => ![0, before].includes(await agent.pid()));
  const back = performance.now() - begin;
  assert.ok(isWithin(back, BACK_MS), `back after ${back} ms`);
  await agent.ready(before);
  const ready = performance.now() - begin;
  assert.ok(
    isWithin(ready, BACK_MS + 2 * startMs),
    `ready after ${ready} ms; a start took ${startMs}`,
  );
  await agent.is("ready");
  await agent.shows(ANSWER);
  const ended = "exited killed signal killed KILL";
  assert.deepEqual(await agent.lines(cursor), [ended, "started", "ready"]);
  assert.deepEqual(await agent.processesOfUser("tail"), []);
  await until("no process but its unit's", async () => {
    const all = await agent.processesOfUser();
    return isDeepStrictEqual(all.toSorted(), (await agent.processes()).toSorted());
  });
}

async function leaves(agent: RealAgent): Promise<void> {
  // A signal that nobody minds: only its own words end it in time.
  await using _ = await machine.override(agent.unit, "KillSignal=SIGCONT");
  await agent.ready();
  assert.notEqual(await agent.files(), "", "there is something that could be left");
  const cursor = await machine.cursor();
  await machine.systemctl("stop", agent.unit);
  assert.equal((await machine.show(agent.unit, "Result")).Result, "success");
  assert.deepEqual(await agent.lines(cursor), ["exited stopped success exited 0"]);
  await assertNothingIsLeft(agent);
}

async function isEnded(agent: RealAgent): Promise<void> {
  await agent.fresh();
  await agent.renewed(); // soon after: no reason to give the conversation up
  await agent.shows(ANSWER);
  await lose(agent);
  await agent.ready();
  await agent.prompt("[[delay 60000]] too late");
  await agent.is("busy");
  const cursor = await machine.cursor();
  await machine.systemctl("stop", agent.unit);
  assert.equal((await machine.show(agent.unit, "Result")).Result, "success");
  const [line = ""] = await agent.lines(cursor);
  assert.match(line, /^exited stopped success (exited (0|143)|killed TERM)$/);
  await assertNothingIsLeft(agent);
}
