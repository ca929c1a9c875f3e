import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createLab, hurriedClock, type Lab } from "../../../tests/e2e/up-lab.ts";

const SIGNS = {
  ready: { screen: "^ready" },
  busy: { screen: "^busy" },
  ...{ login: null, dialog: null, rateLimited: null, refused: null },
  ...{ clear: ["C-u"], quit: "/quit", submitDelay: 0 },
};

/** Notes every line that it reads; tells of SIGTERM by a line of its own. */
const noting = (lab: Lab, onLine: string) => `
  trap 'echo TERM >>${lab.root}/read; exit 0' TERM
  while :; do read -r line || continue; echo "$line" >>${lab.root}/read; ${onLine}; done`;
const noted = (lab: Lab) => readFile(join(lab.root, "read"), "utf8");

test("a stop empties the composer and quits the harness by its own words", async () => {
  await using lab = await createLab();
  const script = `echo ready; ${noting(lab, "exit 3")}`;
  const fleet = await lab.start([lab.agent("a", script, { terminal: SIGNS })]);
  const terminal = fleet.agents.get("a")?.terminal;
  await terminal?.waitFor(/^ready/m);
  await (await lab.holder("a")).run(["send-keys", "-l", "-t", "agent:", "a draft"]);
  await terminal?.waitFor(/a draft/);
  await fleet.stop();
  assert.equal(await noted(lab), "/quit\n");
  assert.deepEqual(lab.events.at(-1), { kind: "stopped", agent: "a", forced: false });
});

test("a lost Enter is typed again", async () => {
  await using lab = await createLab();
  // The first line counts as lost.
  const script = `echo ready; ${noting(lab, "[[ $((++lines)) -lt 2 ]] || exit 0")}`;
  const fleet = await lab.start([lab.agent("a", script, { terminal: SIGNS })]);
  await fleet.agents.get("a")?.terminal.waitFor(/^ready/m);
  await fleet.stop();
  assert.equal(await noted(lab), "/quit\n\n");
});

test("nothing is typed into a turn or a dialog: SIGTERM comes at once", async () => {
  for (const shown of ["ready; echo busy", "dialog"]) {
    await using lab = await createLab();
    const script = `echo ${shown}; ${noting(lab, ":")}`;
    const fleet = await lab.start([lab.agent("a", script, { terminal: SIGNS })]);
    await fleet.agents.get("a")?.terminal.waitFor(/busy|dialog/);
    await fleet.stop();
    assert.equal(await noted(lab), "TERM\n");
  }
});

test("a harness that stays gets SIGTERM after its time", async () => {
  await using lab = await createLab();
  const clock = hurriedClock();
  const script = `echo ready; ${noting(lab, ":")}`;
  const fleet = await lab.start([lab.agent("a", script, { terminal: SIGNS })], { clock });
  await fleet.agents.get("a")?.terminal.waitFor(/^ready/m);
  await fleet.stop();
  assert.match(await noted(lab), /^\/quit\n\n+TERM\n$/);
  assert.deepEqual(clock.skipped.slice(0, 5), Array(5).fill(2000));
});
