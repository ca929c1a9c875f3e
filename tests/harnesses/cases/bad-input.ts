import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Activity } from "../../../schema/activity-record.ts";
import { ForgeError } from "../../../schema/errors.ts";
import { agentOf, type Subject } from "../agents.ts";
import type { Facts } from "../facts.ts";
import { type Fleet, pause } from "../rig.ts";

type Question = NonNullable<Facts["question"]>;

/** Declarations that no schema can find wrong. */
export async function badInput(subject: Subject): Promise<void> {
  const { t } = subject;
  for (const without of subject.facts.withoutLogin) {
    const { unprompted, asks: _, ...declared } = without;
    const since = unprompted ? "before a prompt" : "from the first prompt on";
    const what = `without credentials ${JSON.stringify(declared)} it waits for a login ${since}`;
    await t.test(what, () => noLogin(subject, without));
  }
  const asked = subject.facts.question;
  if (asked)
    await t.test("a question before the first prompt is told with its line", () =>
      question(subject, asked),
    );
  await t.test("a model that it does not know is asked for all the same", () =>
    noSuchModel(subject),
  );
  await t.test("an effort is honoured, or refused before a start", () => efforts(subject));
}

/** It may be ready first, for as long as the harness itself says so; it is not restarted. */
async function noLogin(
  subject: Subject,
  { unprompted, asks, options, ...more }: Facts["withoutLogin"][number],
): Promise<void> {
  const fleet = await subject.rig.start({
    anonymous: { ...agentOf(subject, options, more), mcpServers: [], secrets: {} },
  });
  try {
    const agent = fleet.agent("anonymous");
    if (!unprompted) {
      await agent.until("ready");
      await agent.terminal.paste("who are you?");
    }
    await agent.until("waiting-login");
    if (asks !== null) await isAsked(fleet, "anonymous", "waiting-login", asks);
    await pause(2000);
    await agent.until("waiting-login");
    const others = fleet
      .kinds("anonymous")
      .filter((kind) => kind !== "started" && kind !== "status");
    assert.deepEqual(others, []);
  } finally {
    await fleet.stop();
  }
}

/** A person is told the line that asks. */
async function isAsked(fleet: Fleet, agent: string, state: Activity, line: string): Promise<void> {
  for (let nth = 1; ; nth++) {
    const told = await fleet.event(agent, "status", nth);
    if (told.state !== state) continue;
    assert.ok(told.screen.length === 1 && told.screen[0]?.includes(line), told.screen.join("\n"));
    return;
  }
}

/** A question before the first prompt is never silent. */
async function question(subject: Subject, { options, files, asks }: Question): Promise<void> {
  const { rig } = subject;
  const workspace = join(rig.root, "questionable");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  const fleet = await rig.start({ asked: agentOf(subject, options, { workspace }) });
  try {
    await fleet.agent("asked").until("waiting-permission");
    await isAsked(fleet, "asked", "waiting-permission", asks);
  } finally {
    await fleet.stop();
  }
}

async function noSuchModel(subject: Subject): Promise<void> {
  const { rig } = subject;
  const fleet = await rig.start({ stranger: agentOf(subject, {}, { model: "no-such-model" }) });
  try {
    await fleet.agent("stranger").until("ready");
    await fleet.agent("stranger").ask("who are you?");
    assert.ok(rig.stub.requests.some(({ turn }) => turn?.model === "no-such-model"));
  } finally {
    await fleet.stop();
  }
}

async function efforts(subject: Subject): Promise<void> {
  const { rig } = subject;
  const lazy = agentOf(subject, {}, { effort: "none at all" });
  await assert.rejects(rig.start({ lazy }), /agents\.lazy\.effort: expected one of/);
  const eager = agentOf(subject, {}, { effort: "max" });
  const fleet = await rig.start({ eager }).catch((error: unknown) => {
    assert.ok(
      error instanceof ForgeError && /^AGENT_RULE: agents\.eager\.effort/.test(error.report()),
    );
  });
  if (!fleet) return;
  try {
    await fleet.agent("eager").until("ready");
    await fleet.agent("eager").ask("think hard");
  } finally {
    await fleet.stop();
  }
}
