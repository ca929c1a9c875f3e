import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** npm puts its folders in order after Ctrl-C. */
const NPM = `#!/bin/sh
trap 'sleep 1; touch tidied; exit 130' INT
touch begun
while :; do sleep 0.1; done
`;

test("Ctrl-C during the setup waits until npm has ended", { timeout: 30_000 }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), "forge-setup-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "bin/npm"), NPM, { mode: 0o755 });
  for (const file of ["scripts/setup.mjs", "package.json", "package-lock.json"])
    cpSync(join(repository, file), join(root, file));
  const setup = spawn(process.execPath, ["scripts/setup.mjs", "demo"], {
    cwd: root,
    env: { ...process.env, PATH: `${join(root, "bin")}:${process.env["PATH"]}` },
    detached: true,
    stdio: "ignore",
  });
  const ended = once(setup, "exit");
  while (!existsSync(join(root, "begun"))) await sleep(20);
  process.kill(-(setup.pid ?? 0), "SIGINT"); // as a terminal does: to all
  const [code] = await ended;
  assert.equal(existsSync(join(root, "tidied")), true);
  assert.equal(code, 1);
});
