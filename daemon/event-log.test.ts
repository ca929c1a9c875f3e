import assert from "node:assert/strict";
import { test } from "node:test";
import { eventLog } from "./event-log.ts";

const news = (agent: string) => ({ agent, kind: "finished", data: {} }) as const;

test("whoever was away gets what happened since, or learns that some of it is gone", () => {
  const log = eventLog(() => 1000);
  const begin = log.last();
  assert.deepEqual(log.after(begin), []);
  for (const agent of ["a", "b", "c"]) log.add(news(agent));
  const agents = (id: number) => log.after(id)?.map(({ agent }) => agent);
  assert.deepEqual(agents(begin), ["a", "b", "c"]);
  assert.deepEqual(agents(begin + 2), ["c"]);
  assert.deepEqual(agents(log.last()), []);
  assert.equal(agents(log.last() + 1), undefined);
  assert.equal(agents(begin - 1), undefined, "of an earlier process");
  for (let more = 0; more < 5000; more++) log.add(news("d"));
  assert.equal(agents(begin), undefined, "forgotten");
  assert.equal(agents(log.last() - 4096)?.length, 4096);
});

test("a follower gets each event once, until it leaves", () => {
  const log = eventLog(() => 1);
  const leave = new AbortController();
  const got: string[] = [];
  log.follow(({ agent }) => got.push(agent), leave.signal);
  log.add(news("a"));
  leave.abort();
  log.add(news("b"));
  log.follow(({ agent }) => got.push(agent), leave.signal);
  log.add(news("c"));
  assert.deepEqual(got, ["a"]);
});
