import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../runtime/clock.ts";
import { createRig } from "./up-rig.ts";

const forge = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));
const WIDTH = 80;
const ENDED = "that was all";

test("what forge prints fits a terminal of 80 columns, and is whole for a program", async () => {
  await using rig = await createRig();
  await rig.fake("echo ready; trap 'exit 0' TERM; while :; do read -r _; done");
  const up = rig.up();
  await up.event("a", "started");
  const env = { ...rig.env, HOME: rig.root };
  const socket = join(rig.root, "wide");
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-u", "-S", socket, ...args], { env, encoding: "utf8" });
  for (const args of [["ps"], ["ps", "--verbose"], ["harness", "ls"], ["--help"], ["up", "-h"]]) {
    const whole = execFileSync(process.execPath, [forge, ...args], { env, encoding: "utf8" });
    const command = `"${process.execPath}" "${forge}" ${args.join(" ")}; echo ${ENDED}; sleep 100`;
    tmux("-f", "/dev/null", "new-session", "-d", "-x", `${WIDTH}`, "-y", "50", command);
    const deadline = performance.now() + 15_000;
    let screen = "";
    while (!screen.includes(ENDED) && performance.now() < deadline) {
      await systemClock.sleep(50);
      screen = tmux("capture-pane", "-p", "-J");
    }
    tmux("kill-server");
    const [shown = ""] = screen.split(ENDED);
    for (const line of shown.split("\n"))
      assert.ok(line.trimEnd().length <= WIDTH, `forge ${args.join(" ")}: ${line}`);
    assert.equal(shown.split("\n").length, whole.split("\n").length, args.join(" "));
    const isCut = whole.split("\n").some((line) => line.length > WIDTH);
    assert.equal(shown.includes("…"), isCut, args.join(" "));
    assert.equal(whole.includes("…"), false);
  }
  up.signal("SIGINT");
  assert.equal(await up.exit, 0);
});
