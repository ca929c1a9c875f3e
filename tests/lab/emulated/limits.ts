import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import * as z from "zod";
import { SLICE } from "../../../runtime/supervisor/systemd/cgroup.ts";
import { repository } from "../../nixos/find.ts";
import { runEmulated } from "../emulated.ts";

const Facts = z.strictObject({
  reasons: z.array(z.tuple([z.string(), z.string()])),
  group: z.string(),
  tasks: z.number(),
  tasksMax: z.number(),
  memoryMax: z.number(),
  restarts: z.number(),
  calm: z.tuple([z.number(), z.number()]),
});

const skip = process.arch === "x64" ? false : "needs an x86-64 machine";

test("MemoryMax and TasksMax bite; the agent is started again and its neighbour does not notice", {
  skip,
}, async () => {
  const printed = await runEmulated(join(repository, "tests/lab/limits"));
  const [json = "null"] = /\{"reasons".*\}/.exec(printed) ?? [];
  const facts = Facts.safeParse(JSON.parse(json));
  assert.ok(facts.success, printed);
  const { reasons, group, tasks, tasksMax, memoryMax, restarts, calm } = facts.data;
  assert.equal(group, `${SLICE}/forge-agent-subject.service`, "where forge ps looks");
  assert.deepEqual({ tasksMax, memoryMax }, { tasksMax: 40, memoryMax: 64 * 2 ** 20 });
  assert.ok(tasks > 30 && tasks <= 40, `${tasks} tasks at once`);
  assert.deepEqual(reasons.at(-1), ["oom", "oom-kill"]);
  assert.equal(restarts, 2);
  assert.equal(calm[0], calm[1], "its neighbour's process");
});
