import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../runtime/clock.ts";
import { createRig } from "./up-rig.ts";

const forge = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));

for (const flags of [[], ["--take"]]) {
  test(`forge attach ${flags.join(" ")}: inside tmux and in a C locale`, async () => {
    await using rig = await createRig();
    await rig.fake("echo ready π 漢; trap 'exit 0' TERM; while :; do read -r _; done");
    const up = rig.up();
    await up.event("a", "started");
    await rig.seen("a", /^ready π/m);
    const socket = join(rig.root, "outer");
    const outer = (...args: string[]) =>
      execFileSync("tmux", ["-u", "-S", socket, ...args], {
        env: { ...rig.env, LC_ALL: "C" },
        encoding: "utf8",
      });
    const attach = [process.execPath, forge, "attach", ...flags, "a"];
    outer("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "30", ...attach);
    const deadline = performance.now() + 15_000;
    let screen = "";
    while (!/tmux in tmux/.test(screen) && performance.now() < deadline) {
      await systemClock.sleep(100);
      screen = outer("capture-pane", "-p");
    }
    assert.match(screen, /^ready π 漢/m);
    assert.match(
      screen,
      /^tmux in tmux: Ctrl-b Ctrl-b d leaves this agent, Ctrl-b d the outer session$/m,
    );
    outer("kill-server");
    up.signal("SIGINT");
    assert.equal(await up.exit, 0);
  });
}
