import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { systemClock } from "../../runtime/clock.ts";
import { type SampleFleet, sampleFleet } from "../../tests/sample-fleet.ts";

/** `forge watch` into a pipe, read line by line. */
function watch(fleet: SampleFleet, ...args: readonly string[]) {
  const child = fleet.start("watch", ...args);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    next: async (): Promise<string> => String((await lines.next()).value),
    stop: async () => {
      child.kill("SIGINT");
      if (child.exitCode === null) await once(child, "close");
      return child.exitCode;
    },
    ended: once(child, "close").then(() => child.exitCode),
  };
}

test("without a terminal, each agent and then each event is a plain line", async () => {
  await using fleet = await sampleFleet();
  const { host } = fleet;
  const watching = watch(fleet);
  assert.match(await watching.next(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ada: ready$/);
  assert.match(await watching.next(), / bob: ready$/);
  const [sent] = await host.prompts({ kind: "send", agent: "ada", text: "x" });
  assert.match(await watching.next(), new RegExp(` ada: prompt ${sent?.id} queued$`));
  host.finish("bob", {});
  assert.match(await watching.next(), / bob: a turn ended$/);
  assert.equal(await watching.stop(), 0);
});

test("with --json, each line is an object, of the agents that are named", async () => {
  await using fleet = await sampleFleet();
  const watching = watch(fleet, "bob", "--json");
  const first = JSON.parse(await watching.next());
  assert.deepEqual(
    [first.kind, first.agent, first.data],
    ["agent", "bob", fleet.host.agent("bob")],
  );
  fleet.host.finish("ada", {});
  fleet.host.finish("bob", { n: 1 });
  const { kind, agent, data } = JSON.parse(await watching.next());
  assert.deepEqual([kind, agent, data], ["finished", "bob", { n: 1 }]);
  assert.equal(await watching.stop(), 0);
  assert.match((await fleet.forge("watch", "bbo")).stderr, /^AGENT_UNKNOWN: .*"bob"/);
});

test("nobody to watch is an error", async () => {
  await using fleet = await sampleFleet();
  await fleet.stopApi();
  const { status, stderr } = await fleet.forge("watch");
  assert.match(stderr, /^API_UNREACHABLE: /m);
  assert.equal(status, 1);
});

test("on a terminal it is a live view, which q leaves as it found the terminal", async () => {
  await using fleet = await sampleFleet();
  const socket = join(fleet.folder, "tmux");
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-u", "-S", socket, ...args], { env: fleet.env, encoding: "utf8" });
  const forge = join(import.meta.dirname, "../forge.ts");
  const command = `echo before; "${process.execPath}" "${forge}" watch; echo left $?; exec cat`;
  tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "20", command);
  const shows = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const screen = tmux("capture-pane", "-p");
      if (pattern.test(screen)) return screen;
      await systemClock.sleep(50);
    }
  };
  try {
    const first = await shows(/^bob +ready/m);
    assert.match(first, /^forge watch: 2 agents/);
    assert.doesNotMatch(first, /before/);
    const text = "never shown";
    const [sent] = await fleet.host.prompts({ kind: "send", agent: "ada", text });
    await shows(/^ada +ready \(1 queued\)/m);
    assert.match(await shows(/queued$/m), new RegExp(`ada: prompt ${sent?.id} queued`));
    tmux("resize-window", "-x", "60", "-y", "10");
    await shows(/^ada +ready \(1 queued\)/m);
    tmux("send-keys", "q");
    const after = await shows(/left 0/);
    assert.match(after, /before/);
    assert.doesNotMatch(after, /forge watch/);
  } finally {
    tmux("kill-server");
  }
});
