import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

test("as a program it prints its URL, shows its log and ends on SIGTERM", async () => {
  const child = spawn(process.execPath, [main, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const url = z.url().parse(line);
    await fetch(`${url}/nowhere`);
    const log = z
      .array(z.object({ path: z.string() }))
      .parse(await (await fetch(`${url}/stub/requests`)).json());
    assert.deepEqual(log, [{ path: "/nowhere" }]);
  } finally {
    child.kill("SIGTERM");
  }
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
