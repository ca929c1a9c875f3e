import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { stateOf } from "../runtime/supervisor/systemd/unit-state.ts";
import { isRestarted, reasonOf, STATE_AFTER } from "../schema/lifecycle.ts";
import { type LifecycleCase, type SystemdEnd, UNASKED } from "../schema/lifecycle-cases.ts";
import { createLab, type Lab } from "./e2e/up-lab.ts";

for (const { how, local, reason, localReason, restarts } of UNASKED) {
  if (local === null) continue;
  test(`${how}: the rules call it ${localReason ?? reason}`, () => {
    assert.equal(reasonOf(local), localReason ?? reason);
    assert.equal(isRestarted(local), restarts);
  });
}

const CODES: { readonly [code: string]: number } = { "": 0, exited: 1, killed: 2, dumped: 3 };
const SIGNALS: { readonly [name: string]: number } = {
  ...{ HUP: 1, INT: 2, ABRT: 6, KILL: 9, SEGV: 11, PIPE: 13, TERM: 15 },
};

/** What systemd says of the unit at rest: without a further start, or with Restart=no. */
function factsAfter([result, exitCode, exitStatus]: SystemdEnd, isFailure: boolean) {
  return {
    ...{ load: "loaded", changedAt: 1, restarts: 0, pid: 0, memory: null, tasks: null },
    ...(isFailure ? { active: "failed", sub: "failed" } : { active: "inactive", sub: "dead" }),
    result: isFailure ? result : "success",
    code: CODES[exitCode] ?? Number.NaN,
    status: SIGNALS[exitStatus] ?? Number(exitStatus),
    ...{ startedAt: 1, endedAt: 2, leftActiveAt: 3 },
  };
}

for (const { how, systemd, lost, reason, restarts } of UNASKED) {
  if (lost) continue; // ps never sees it at rest: systemd starts it again
  test(`${how}: forge ps shows ${STATE_AFTER[reason]}`, () => {
    const isFailure = restarts || reason === "not-started";
    assert.equal(stateOf(factsAfter(systemd, isFailure)), STATE_AFTER[reason]);
  });
}

const root = mkdtempSync(join(tmpdir(), "forge-lifecycle-"));
after(() => rmSync(root, { recursive: true }));

const program = (name: string, text: string): string => {
  const file = join(root, name);
  writeFileSync(file, `#!/bin/bash\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
};
const rendered = (name: string, values: { readonly [variable: string]: string }): string => {
  const source = fileURLToPath(new URL(`../runtime/terminal/${name}`, import.meta.url));
  const text = readFileSync(source, "utf8").replaceAll(
    /@([a-z_]+)@/g,
    (_, variable: string) => values[variable] ?? assert.fail(`nothing stands for @${variable}@`),
  );
  writeFileSync(join(root, name), text);
  return join(root, name);
};

const bash = execFileSync("bash", ["-c", "command -v bash"], { encoding: "utf8" }).trim();
const tell = program("forge-tell", `exec cat >"$JOURNAL"`);
const lifecycle = rendered("forge-lifecycle", {
  bash,
  coreutils: program("rm", ":").replace(/\/rm$/, ""),
  systemctl: program("systemctl", `printf '%s\\n' "$JOBS"`),
  journal: rendered("journal.bash", { forge_tell: tell }),
  forge_ask: program("forge-ask", `exit "$IS_GONE"`),
});

/** What forge-lifecycle writes to the journal of an end, and its own exit status. */
function journalOf({ systemd, lost }: Pick<LifecycleCase, "systemd" | "lost">, jobs = "") {
  const [SERVICE_RESULT, EXIT_CODE, EXIT_STATUS] = systemd;
  const journal = join(root, "journal");
  const { status, stderr } = spawnSync(bash, [lifecycle, "exited"], {
    encoding: "utf8",
    env: {
      ...{ PATH: process.env["PATH"], JOURNAL: journal, JOBS: jobs },
      ...{ SERVICE_RESULT, IS_GONE: lost ? "1" : "0" },
      ...(EXIT_CODE === "" ? {} : { EXIT_CODE, EXIT_STATUS }),
      ...{ FORGE_AGENT: "a", FORGE_HARNESS: "h", FORGE_PLAN: "p", FORGE_HARNESS_VERSION: "1" },
    },
  });
  assert.equal(stderr, "");
  const [, reason] = /^FORGE_REASON=(.*)$/m.exec(readFileSync(journal, "utf8")) ?? [];
  return { status, reason };
}

for (const each of UNASKED) {
  test(`${each.how}: the unit's journal calls it ${each.reason}`, () => {
    // The failure makes systemd start it again, whatever its exit status.
    assert.deepEqual(journalOf(each), { status: each.lost ? 1 : 0, reason: each.reason });
  });
}

test("an end while a stop of the unit is under way is stopped, except for want of memory", () => {
  for (const job of ["stop", "restart"]) {
    for (const { systemd, reason } of UNASKED) {
      const expected = reason === "oom" ? "oom" : "stopped";
      const { reason: told } = journalOf({ systemd }, `1 forge-agent-a.service ${job} running`);
      assert.equal(told, expected);
    }
  }
});

/** Cases that a real process can be made to go through. */
const PLAYED = UNASKED.flatMap((each, index) => {
  const [, exitCode, exitStatus] = each.systemd;
  if (each.local === null || each.lost || each.localReason) return [];
  const script = exitCode === "exited" ? `exit ${exitStatus}` : `kill -${exitStatus} $$`;
  return [{ ...each, agent: `a${index}`, script: `ulimit -c 0; ${script}` }];
});

/** The first event that tells what came of the first run. */
const first = (lab: Lab, agent: string) =>
  Promise.race([
    lab.event(agent, "exited"),
    lab.event(agent, "restarting"),
    lab.event(agent, "failed"),
  ]);

test("forge up gives real ends the same reasons, and restarts the same", async () => {
  await using lab = await createLab();
  const policy = { delay: 1e6, burst: 5, interval: 1e7 };
  assert.ok(PLAYED.length > 12);
  await lab.start(
    PLAYED.map(({ agent, script }) => lab.agent(agent, script)),
    { policy },
  );
  for (const { how, agent, reason, restarts } of PLAYED) {
    const { cause, kind } = await first(lab, agent);
    assert.deepEqual(
      { how, cause, restarts: kind === "restarting" },
      { how, cause: reason, restarts },
    );
  }
});
