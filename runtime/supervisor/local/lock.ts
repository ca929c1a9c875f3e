import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { ForgeError } from "../../../schema/errors.ts";
import type { Tools } from "./tools.ts";

const TAKEN = 75;

/** Holds the lock until its standard input ends: with us, however we go. */
const HOLD = "echo held; read -r _";

/** Locks a file for as long as this process lives or until release. Node has no flock of its own. */
export async function lock(
  file: string,
  { tools, what }: { readonly tools: Tools; readonly what: string },
): Promise<{ release(): Promise<void> }> {
  const args = ["--nonblock", "--conflict-exit-code", String(TAKEN), file, tools.bash, "-c", HOLD];
  const child = spawn(tools.flock, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const complaint = text(child.stderr);
  const exit = once(child, "exit");
  const held = await Promise.race([once(child.stdout, "data").then(() => true), exit]);
  if (held === true) {
    return {
      release: async () => {
        child.stdin.end();
        await exit;
      },
    };
  }
  if (child.exitCode === TAKEN) {
    throw new ForgeError("ALREADY_RUNNING", `another forge up runs on ${what}`, {
      fix: "stop that one (Ctrl-C where it runs, or forge down), or choose another directory with --state",
    });
  }
  throw new ForgeError("STATE_UNSAFE", `cannot lock ${file}: ${(await complaint).trim()}`, {
    fix: "give a --state directory that you may write",
  });
}
