import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleFleet } from "../../tests/sample-fleet.ts";

test("prompts of all agents are listed, the latest first, with their first words", async () => {
  await using fleet = await sampleFleet();
  const { forge } = fleet;
  const none = await forge("prompts");
  assert.deepEqual([none.status, none.stdout], [0, ""]);
  assert.match(none.stderr, /^no prompts yet/);
  const send = async (agent: string, text: string) =>
    (await fleet.host.prompts({ kind: "send", agent, text }))[0]?.id ?? "";
  const first = await send("ada", `first\n  words ${"long ".repeat(40)}`);
  const second = await send("bob", "second");
  const { stdout } = await forge("prompts");
  const [head, ...rows] = stdout.trimEnd().split("\n");
  assert.match(head ?? "", /^ID +AGENT +PHASE +AGE +TEXT$/);
  assert.match(rows[0] ?? "", new RegExp(`^${second} +bob +queued +\\ds ago +second$`));
  assert.match(
    rows[1] ?? "",
    new RegExp(`^${first} +ada +queued +\\ds ago +first words long.* lo…$`),
  );
  assert.equal((await forge("prompts", "-n", "1")).stdout.split("\n").length, 3);
  const ofAda = JSON.parse((await forge("prompts", "ada", "--json")).stdout);
  assert.deepEqual(
    ofAda.map(({ id }: { id: string }) => id),
    [first],
  );
  assert.match((await forge("prompts", "adda")).stderr, /^AGENT_UNKNOWN: adda: .*"ada"/);
  assert.match((await forge("prompts", "-n", "101")).stderr, /^USAGE: .*from 1 to 100/);
});

test("a prompt is shown with all its fields, and cancelled once", async () => {
  await using fleet = await sampleFleet();
  const [sent] = await fleet.host.prompts({ kind: "send", agent: "ada", text: "do\nit", ttl: 1e6 });
  assert.ok(sent);
  const { stdout } = await fleet.forge("prompts", "show", sent.id);
  for (const field of Object.keys(sent).filter((name) => name !== "text"))
    assert.match(stdout, new RegExp(`^${field} +\\S`, "m"));
  assert.match(stdout, /^accepted +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(\d+s ago\)$/m);
  assert.match(stdout, /^expires +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
  assert.match(stdout, /^key +-$/m);
  assert.match(stdout, /\n\ndo\nit\n$/);
  const asJson = await fleet.forge("prompts", "show", sent.id, "--json");
  assert.deepEqual(JSON.parse(asJson.stdout), sent);
  assert.equal((await fleet.forge("prompts", "cancel", sent.id)).stdout, `${sent.id} cancelled\n`);
  fleet.host.decide(sent.id, "submitted");
  const late = await fleet.forge("prompts", "cancel", sent.id);
  assert.match(late.stderr, /^PROMPT_TOO_LATE: /);
  assert.equal(late.status, 1);
  assert.match((await fleet.forge("prompts", "show", "p0")).stderr, /^PROMPT_UNKNOWN: /);
});

test("ids are looked for in every fleet, and one that does not answer is told", async () => {
  await using fleet = await sampleFleet();
  const [sent] = await fleet.host.prompts({ kind: "send", agent: "ada", text: "x" });
  await using other = await fleet.beside(["eve"]);
  const [hers] = await other.host.prompts({ kind: "send", agent: "eve", text: "y" });
  for (const id of [sent?.id ?? "", hers?.id ?? ""])
    assert.equal((await fleet.forge("prompts", "show", id)).status, 0);
  await other.stopApi();
  const { status, stdout, stderr } = await fleet.forge("prompts");
  assert.match(stdout, new RegExp(`^${sent?.id} +ada`, "m"));
  assert.match(stderr, /^API_UNREACHABLE: /);
  assert.equal(status, 1);
  assert.match((await fleet.forge("prompts", "show", "p0")).stderr, /^API_UNREACHABLE: /);
});
