import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { median } from "../../bench/measure.ts";
import { openMachine } from "../machine.ts";

const machine = openMachine();
const COUNT = 100;
const units = Array.from({ length: COUNT }, (_, index) => `forge-agent-n${index}.service`);
const FOLDER = "/run/systemd/system";

before(() =>
  machine.bash(
    `printf '[Service]\\nExecStart=sleep infinity\\n' | tee "\${@/#/${FOLDER}/}" >/dev/null
     systemctl daemon-reload && systemctl start "$@"`,
    { args: units },
  ),
);
after(() =>
  machine.bash(`systemctl stop "$@"; rm "\${@/#/${FOLDER}/}"; systemctl daemon-reload`, {
    args: units,
  }),
);

/** Median milliseconds of each, in turn, so that a slow moment hits all alike. */
async function time(...commands: readonly (readonly [string, ...string[]])[]) {
  const times: number[][] = commands.map(() => []);
  for (let round = 0; round < 15; round++) {
    for (const [index, [program, ...args]] of commands.entries()) {
      const begin = performance.now();
      assert.equal((await machine.run(program, args)).status, 0);
      times[index]?.push(performance.now() - begin);
    }
  }
  return times.map(median);
}

test(`ps of ${COUNT} agents takes about the time that systemctl show takes`, async (t) => {
  const { stdout } = await machine.run("forge", ["ps"]);
  assert.equal(stdout.match(/^n\d+ .* running \(undeclared\)/gm)?.length, COUNT);
  const [ps = Number.NaN, show = Number.NaN] = await time(
    ["forge", "ps"],
    ["systemctl", "show", ...units],
  );
  t.diagnostic(`forge ps ${ps.toFixed(0)} ms, systemctl show ${show.toFixed(0)} ms`);
  assert.ok(ps < 1.5 * show, `${ps} ms : ${show} ms`);
});
