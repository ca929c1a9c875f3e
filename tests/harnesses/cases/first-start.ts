import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentOf, ROLE, type Subject, write } from "../agents.ts";
import { askedOf, KEY, recordAt } from "../library.ts";
import { type Driven, type Fleet, pause } from "../rig.ts";

const IDLE = 60_000;
const LINES = "the first line\nthe second line\nthe third line";

/** Two agents with fresh state: one asks a person and has an empty workspace, one asks nobody and has a repository. */
export async function firstStart(subject: Subject): Promise<void> {
  const { t, rig, facts } = subject;
  fillRepository(subject);
  const asking = agentOf(subject);
  const free = agentOf(subject, facts.bypass, { workspace: rig.repository });
  const fleet = await rig.start({ asking, free });
  try {
    await t.test("a fresh state reaches its prompt with no key pressed", async () => {
      await Promise.all([fleet.agent("asking").until("ready"), fleet.agent("free").until("ready")]);
    });
    await t.test("three lines arrive as one message, with the role", () =>
      threeLines(subject, fleet),
    );
    await permissions(subject, fleet);
    await library(subject);
    await secretsOfServers(subject);
    if (facts.repository !== null) {
      await t.test("the workspace's instructions apply, and none of its programs runs", () => {
        assert.ok(rig.stub.requests.some(({ body }) => body.includes(INSTRUCTION)));
        assert.equal(existsSync(join(rig.root, "ran")), false);
      });
    }
    await t.test("a minute of nothing", () => pause(IDLE));
    await t.test("killed, it comes back and goes on", () => killed(subject, fleet));
    await t.test("the provider's refusals are states", () =>
      refusals(subject, fleet.agent("free")),
    );
    await t.test("the scripted turn has the golden states", async () => {
      assert.deepEqual(await fleet.agent("asking").states(), facts.status);
    });
    await t.test("leaves on its quit text, with text left in the composer", () => leaves(fleet));
  } finally {
    await fleet.stop();
  }
  await t.test("no process survives", async () => {
    assert.deepEqual(rig.processes(), []);
    assert.equal((await fleet.event("free", "stopped")).forced, false);
  });
}

const INSTRUCTION = "The repository wants herons.";

function fillRepository({ rig, facts }: Subject): void {
  if (facts.repository === null) return;
  const { files, instructions } = facts.repository;
  for (const [name, text] of Object.entries({ ...files, [instructions]: INSTRUCTION })) {
    const file = join(rig.repository, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll("RAN", join(rig.root, "ran")));
  }
}

async function threeLines({ rig }: Subject, fleet: Fleet): Promise<void> {
  await fleet.agent("asking").ask(LINES);
  const turn = rig.stub.requests.find((request) => request.turn?.userText.includes(LINES))?.turn;
  assert.ok(turn, JSON.stringify(rig.stub.requests.map((request) => request.turn?.userText)));
  assert.ok(rig.stub.requests.some((request) => request.body.includes(ROLE)));
}

/** By now its servers had the time to start. */
async function library({ t, rig, harness }: Subject): Promise<void> {
  for (const { field, told } of askedOf(harness)) {
    await t.test(`the model is told of its ${field}`, () => {
      const untold = told.filter(
        (text) => !rig.stub.requests.some(({ body }) => body.includes(text)),
      );
      assert.deepEqual(untold, []);
    });
  }
}

/** A reference to a secret arrives as the secret, a text as it is. */
async function secretsOfServers({ t, rig, harness }: Subject): Promise<void> {
  if (!askedOf(harness).some(({ field }) => field === "mcpServers")) return;
  await t.test("MCP servers get the agent's secrets, in variables and headers", () => {
    const given = JSON.parse(readFileSync(recordAt(rig.root), "utf8"));
    assert.equal(given.HERON_KEY, KEY.value);
    assert.equal(given.TIDE_AUTH, `Bearer ${KEY.value}`);
    assert.equal(given.PLAIN, "it's text");
    const isAsked = (name: string) => askedOf(harness).some(({ names }) => names.includes(name));
    for (const url of [rig.gauge.url, ...(isAsked("swell") ? [rig.gauge.sse] : [])]) {
      const [headers] = rig.gauge.headersOf(url);
      assert.equal(headers?.authorization, `Bearer ${KEY.value}`, url);
      assert.equal(headers["x-key"], KEY.value, url);
      assert.equal(headers["x-plain"], "it's text", url);
    }
  });
}

async function permissions(subject: Subject, fleet: Fleet): Promise<void> {
  const { t, rig, facts } = subject;
  const { tool, deny, approve, unasked } = facts;
  const asking = fleet.agent("asking");
  const file = (name: string) => join(asking.plan.workdir, name);
  if (deny !== null) {
    await t.test("a tool waits for permission, and does not run when that is denied", async () => {
      await asking.answer(write(tool, file("denied")), deny);
      assert.equal(existsSync(file("denied")), false);
    });
  }
  if (approve !== null) {
    await t.test("a tool runs once it is permitted", async () => {
      await asking.answer(write(tool, file("approved")), approve);
      assert.equal(existsSync(file("approved")), true);
    });
  }
  await t.test("a tool runs unasked where permissions are bypassed", async () => {
    const free = fleet.agent("free");
    const bypassed = join(rig.repository, "bypassed");
    await free.ask(write(unasked ?? tool, bypassed));
    assert.equal(existsSync(bypassed), true);
    assert.ok(!(await free.states()).includes("waiting-permission"));
  });
}

/** The last of this agent: harnesses send a refused prompt again, with the next. */
async function refusals({ facts }: Subject, agent: Driven): Promise<void> {
  for (const [status, state] of facts.refusals) {
    await agent.ask(`now refuse [[error ${status}]]`, state);
    await pause(1000); // a refused turn may still be about to end
  }
}

async function killed({ rig }: Subject, fleet: Fleet): Promise<void> {
  const { pid } = await fleet.event("free", "started");
  process.kill(pid, "SIGKILL");
  await fleet.event("free", "started", 2);
  const free = fleet.agent("free");
  await free.until("starting");
  await free.until("ready");
  const asked = rig.stub.requests.length;
  await free.ask("what was said before the kill?");
  const later = rig.stub.requests.slice(asked);
  assert.ok(later.some(({ body }) => body.includes("bypassed")));
}

async function leaves(fleet: Fleet): Promise<void> {
  const agent = fleet.agent("asking");
  const { clear, quit } = agent.plan.terminal;
  await agent.type("text that nobody sent");
  await agent.press(clear);
  await agent.type(quit);
  await agent.press(["Enter"]);
  const { ending } = await fleet.event("asking", "exited");
  assert.deepEqual(ending, { kind: "code", code: 0 });
}
