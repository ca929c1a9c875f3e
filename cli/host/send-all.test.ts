import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleFleet } from "../../tests/sample-fleet.ts";

const LINES = /^ada p\w+ queued\nbob p\w+ queued\n$/;

test("several agents get a record each, one line each", async () => {
  await using fleet = await sampleFleet(["ada", "bob", "eve"]);
  const { forge, host } = fleet;
  for (const to of [
    ["--to", "ada,bob"],
    ["-t", "bob", "-t", "ada"],
    ["--to", "ada,bob,ada"],
  ]) {
    const { stdout, status } = await forge("send", ...to, "do", "it");
    assert.match(stdout, LINES);
    assert.equal(status, 0);
  }
  const list = (agent: string) => host.prompts({ kind: "list", agent, most: 10 });
  const texts = async (agent: string) => (await list(agent)).map(({ text }) => text);
  assert.deepEqual(await texts("ada"), ["do it", "do it", "do it"]);
  assert.equal((await forge("send", "--all", "all of you")).stdout.split("\n").length, 4);
  assert.deepEqual(await texts("eve"), ["all of you"]);
  const json = JSON.parse((await forge("send", "-t", "ada", "--json", "x")).stdout);
  assert.deepEqual([json.length, json[0].agent, json[0].text], [1, "ada", "x"]);
  assert.match((await forge("send", "--all", "--to", "ada", "x")).stderr, /^USAGE: .*--to/);
  assert.match((await forge("send")).stderr, /^USAGE: missing required argument 'agent'/);
});

test("one that is refused does not keep the others from theirs", async () => {
  await using fleet = await sampleFleet();
  const { forge } = fleet;
  await forge("send", "bob", "--key", "k", "another text");
  const people = await forge("send", "--all", "--key", "k", "text");
  assert.match(people.stdout, /^ada p\w+ queued\n$/);
  assert.match(people.stderr, /^PROMPT_KEY_TAKEN: bob: .*\n {2}→ /);
  assert.equal(people.status, 1);
  const [ada, bob] = JSON.parse(
    (await forge("send", "--all", "--key", "k", "text", "--json")).stdout,
  );
  assert.equal(ada.phase, "queued");
  assert.deepEqual([bob.agent, bob.error.code], ["bob", "PROMPT_KEY_TAKEN"]);
  const unknown = await forge("send", "-t", "ada,bbo", "never sent");
  assert.match(unknown.stderr, /^AGENT_UNKNOWN: bbo: .*"bob"/);
  assert.equal(unknown.stdout, "");
});

test("priority and time to live reach the ledger", async () => {
  await using fleet = await sampleFleet();
  const sent = async (...args: string[]) =>
    JSON.parse((await fleet.forge("send", "ada", "--json", ...args, "x")).stdout);
  assert.equal((await sent("--priority", "-3")).priority, -3);
  for (const [given, ms] of [
    ["90", 90_000],
    ["10m", 600_000],
    ["2h", 7_200_000],
  ] as const) {
    const { accepted, expires } = await sent("--ttl", given);
    assert.equal(expires - accepted, ms);
  }
  for (const flags of [
    ["--priority", "11"],
    ["--priority", "1.5"],
    ["--ttl", "2w"],
  ])
    assert.match((await fleet.forge("send", "ada", ...flags, "x")).stderr, /^USAGE: .*expected/);
});
