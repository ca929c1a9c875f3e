import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { AgentOnHost, InterruptReport } from "../../schema/command-output.ts";
import { type SampleFleet, sampleFleet } from "../../tests/sample-fleet.ts";

const ps = async ({ forge }: SampleFleet) => {
  const { stdout, stderr } = await forge("ps", "--json");
  assert.equal(stderr, "");
  return z.array(AgentOnHost).parse(JSON.parse(stdout));
};

test("forge ps has what the API tells of each agent", async () => {
  await using fleet = await sampleFleet();
  await fleet.host.prompts({ kind: "send", agent: "bob", text: "x" });
  const [ada, bob] = await ps(fleet);
  assert.deepEqual([ada?.status?.state, ada?.turns, ada?.queued], ["ready", 0, 0]);
  assert.deepEqual([bob?.name, bob?.queued], ["bob", 1]);
  assert.match((await fleet.forge("ps")).stdout, /^bob .* ready \(1 queued\) /m);
});

test("without an answer, forge ps shows what the supervisor says", async () => {
  await using fleet = await sampleFleet();
  const unanswered = async () => {
    const [ada] = await ps(fleet);
    assert.deepEqual([ada?.status, ada?.turns, ada?.queued], [null, null, null]);
    assert.equal(ada?.unitState, "starting");
  };
  await fleet.stopApi();
  await unanswered();
  await fleet.hangApi();
  const begin = performance.now();
  await unanswered();
  assert.ok(performance.now() - begin < 10_000, "a request waits for 30 s by itself");
});

test("an interrupt says of each agent whether a turn was ended", async () => {
  await using fleet = await sampleFleet();
  const { forge, host } = fleet;
  assert.equal(
    (await forge("interrupt", "ada", "bob")).stdout,
    "ada: no turn ran\nbob: no turn ran\n",
  );
  assert.deepEqual(host.controlled.toSorted(), [
    ["ada", "interrupt"],
    ["bob", "interrupt"],
  ]);
  await host.prompts({ kind: "send", agent: "bob", text: "the sample refuses it then" });
  const people = await forge("interrupt", "ada", "bob");
  assert.equal(people.stdout, "ada: no turn ran\n");
  assert.match(people.stderr, /^NOT_SUPPORTED_HERE: .*\n {2}→ wait\n$/);
  assert.equal(people.status, 1);
  const { stdout } = await forge("interrupt", "ada", "bob", "--json");
  const reports = z.array(InterruptReport).parse(JSON.parse(stdout));
  assert.deepEqual(
    reports.map(({ name, did, state }) => [name, did, state]),
    [
      ["ada", "nothing", "ready"],
      ["bob", "failed", null],
    ],
  );
});
