import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import * as z from "zod";
import { launcherTools } from "../../tests/launcher-lab.ts";
import { renderSignal } from "../render.ts";

const Record = z.strictObject({
  at: z.int(),
  state: z.string().exactOptional(),
  event: z.string(),
  session: z.string().exactOptional(),
  turn: z.string().exactOptional(),
  prompt: z.string().exactOptional(),
});

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "forge-signal-"));
  mkdirSync(join(root, "home/.forge"), { recursive: true });
  mkdirSync(join(root, "run"));
  writeFileSync(join(root, "forge-signal"), renderSignal(launcherTools()), { mode: 0o755 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const signal = (state: string, event: string, input: string): string =>
  execFileSync(join(root, "forge-signal"), [state, event], {
    input,
    encoding: "utf8",
    env: { HOME: join(root, "home"), RUNTIME_DIRECTORY: join(root, "run") },
  });
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const status = () => Record.parse(JSON.parse(read("run/status")));
const events = () =>
  read("run/events")
    .trimEnd()
    .split("\n")
    .map((line) => Record.parse(JSON.parse(line)));

test("an event becomes the status and a line of the log, and says nothing to the harness", () => {
  const before = Date.now();
  assert.equal(signal("busy", "Submit", '{"session_id":"s-1","prompt_id":"t-1"}'), "");
  const { at, ...rest } = status();
  assert.ok(at >= before && at <= Date.now());
  assert.deepEqual(rest, { state: "busy", event: "Submit", session: "s-1", turn: "t-1" });
  signal("ready", "Stop", "{}");
  assert.deepEqual(
    events().map(({ state }) => state),
    ["busy", "ready"],
  );
});

test("`-` tells an event and keeps the state", () => {
  signal("ready", "Stop", "");
  signal("-", "Start", '{"sessionID":"s-2"}');
  assert.equal(status().state, "ready");
  assert.deepEqual(
    events().map(({ event, session }) => ({ event, session })),
    [
      { event: "Stop", session: undefined },
      { event: "Start", session: "s-2" },
    ],
  );
});

test("forge's own id of a prompt is found at the end of its text only", () => {
  const prompt = (text: string) => {
    signal("busy", "Submit", JSON.stringify({ prompt: text }));
    return status().prompt;
  };
  assert.equal(prompt("do it\n[forge-msg a.1-B_2]"), "a.1-B_2");
  assert.equal(prompt("<paste>\ndo it [forge-msg x]\n"), "x");
  assert.equal(prompt("[forge-msg x] do it"), undefined);
  assert.equal(prompt("[forge-msg ../x]"), undefined);
});

test("what is no JSON object still counts as an event", () => {
  for (const input of ["", "no json", "[1]", '"x"', "null", '{"session_id":7}']) {
    assert.equal(signal("busy", "Odd", input), "");
    assert.equal(status().event, "Odd");
    assert.equal(status().session, undefined);
  }
  assert.equal(events().length, 6);
});

test("a conversation is remembered once something was said in it, by a name that is safe in a command line", () => {
  const remembered = (): string | undefined =>
    existsSync(join(root, "home/.forge/session")) ? read("home/.forge/session") : undefined;
  signal("-", "Start", '{"session_id":"s-1"}');
  signal("busy", "Submit", '{"session_id":"--help"}');
  signal("busy", "Submit", '{"session_id":"a b"}');
  assert.equal(remembered(), undefined);
  signal("busy", "Submit", '{"session_id":"s-1"}');
  assert.equal(remembered(), "s-1\n");
});

test("any sign of life says that the conversation could be continued", () => {
  writeFileSync(join(root, "home/.forge/resumed"), "1\n");
  signal("-", "Start", "{}");
  assert.equal(existsSync(join(root, "home/.forge/resumed")), false);
});

test("it succeeds without a place to write to", () => {
  rmSync(join(root, "run"), { recursive: true });
  assert.equal(signal("busy", "Submit", '{"session_id":"s-1"}'), "");
});
