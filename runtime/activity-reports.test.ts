import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ActivityReport } from "../schema/activity-record.ts";
import { followReports } from "./activity-reports.ts";
import { type Clock, systemClock } from "./clock.ts";

const lineOf = (report: object): string => `${JSON.stringify(report)}\n`;

/** A file that is followed, and what was told of it; `patience` is how long it is waited for a change. */
async function scene(clock: Clock = systemClock, parent = "/tmp") {
  const folder = await mkdtemp(join(parent, "forge-reports-"));
  const file = join(folder, "events");
  const over = new AbortController();
  const told: ActivityReport[] = [];
  let more = Promise.withResolvers<void>();
  const tell = (report: ActivityReport) => {
    told.push(report);
    more.resolve();
    more = Promise.withResolvers();
  };
  const following = followReports(file, { clock, tell, signal: over.signal });
  return {
    file,
    told,
    until: async (count: number) => {
      while (told.length < count) await more.promise;
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await following;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Long waits never end by themselves: only the kernel's word does. */
const patient: Clock = {
  now: systemClock.now,
  sleep: (ms, signal) =>
    ms < 100 || signal === undefined
      ? systemClock.sleep(ms, signal)
      : systemClock.sleep(2 ** 31 - 1, signal),
};

test("reports are told when they come, without anyone looking again and again", async () => {
  await using followed = await scene(patient);
  const { file, until, told } = followed;
  await writeFile(file, lineOf({ at: 1, state: "starting", event: "start" }));
  await until(1);
  await appendFile(file, lineOf({ at: 2, event: "input", session: "s", turn: 7 }));
  await until(2);
  assert.deepEqual(told[1], { at: 2, event: "input", session: "s", turn: null });
  await writeFile(file, lineOf({ at: 3, state: "busy", event: "x" })); // the next run
  await until(3);
  assert.deepEqual(
    told.map(({ at }) => at),
    [1, 2, 3],
  );
});

test("a folder that is taken away and comes back is read again", async () => {
  await using followed = await scene();
  const { file, until } = followed;
  await writeFile(file, lineOf({ at: 1, state: "busy", event: "x" }));
  await until(1);
  const folder = join(file, "..");
  await rm(folder, { recursive: true });
  await mkdir(folder);
  await writeFile(file, lineOf({ at: 22, state: "ready", event: "longer" }));
  await until(2);
});

test("a file of a size that no number holds is no end of it", async () => {
  await using followed = await scene(systemClock, "/dev/shm"); // where sparse files may be that large
  const { file, until } = followed;
  await writeFile(file, lineOf({ at: 1, state: "busy", event: "x" }));
  await until(1);
  await truncate(file, Number.MAX_SAFE_INTEGER);
  assert.equal(spawnSync("truncate", ["--size=7E", file]).status, 0);
  await systemClock.sleep(500);
  await rm(file);
  await writeFile(file, lineOf({ at: 2, state: "ready", event: "x" }));
  await until(2);
});
