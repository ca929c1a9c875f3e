import assert from "node:assert/strict";
import { ForgeError } from "../../../schema/errors.ts";
import { agentOf, type Subject } from "../agents.ts";
import type { Facts } from "../facts.ts";
import { pause } from "../rig.ts";

/** Declarations that no schema can find wrong. */
export async function badInput(subject: Subject): Promise<void> {
  const { t } = subject;
  for (const without of subject.facts.withoutLogin) {
    const { unprompted, ...declared } = without;
    const since = unprompted ? "before a prompt" : "from the first prompt on";
    const what = `without credentials ${JSON.stringify(declared)} it waits for a login ${since}`;
    await t.test(what, () => noLogin(subject, without));
  }
  await t.test("a model that it does not know is asked for all the same", () =>
    noSuchModel(subject),
  );
  await t.test("an effort is honoured, or refused before a start", () => efforts(subject));
}

/** It may be ready first, for as long as the harness itself says so; it is not restarted. */
async function noLogin(
  subject: Subject,
  { unprompted, options, ...more }: Facts["withoutLogin"][number],
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
