import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { sampleHost } from "../../tests/api-host.ts";
import { untilAwaited } from "./wait.ts";

test("nothing of a wait outlives it, however it ends", async () => {
  using host = sampleHost();
  const [closing, gone] = [new AbortController(), new AbortController()];
  const ends = [closing.signal, gone.signal];
  const followers: AbortSignal[] = [];
  const watched = {
    ...host,
    events: {
      ...host.events,
      follow: (...[tell, signal]: Parameters<typeof host.events.follow>) => {
        followers.push(signal);
        host.events.follow(tell, signal);
      },
    },
  };
  const wait = async (ms: number, end: (id: string) => void) => {
    const [sent] = await host.prompts({ kind: "send", agent: "ada", text: "a" });
    assert.ok(sent);
    const waiting = untilAwaited(watched, sent.id, { until: "verdict", ms, ends });
    end(sent.id);
    const { phase } = await waiting;
    assert.deepEqual(
      ends.map((signal) => getEventListeners(signal, "abort").length),
      [0, 0],
    );
    return phase;
  };
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  assert.equal(await wait(600_000, (id) => host.decide(id, "failed")), "failed");
  assert.equal(timers(), before);
  assert.equal(await wait(1, () => {}), "queued");
  assert.equal(await wait(600_000, () => gone.abort()), "queued");
  assert.equal(timers(), before);
  assert.deepEqual(
    followers.map(({ aborted }) => aborted),
    [true, true, true],
  );
});
