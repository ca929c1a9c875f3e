import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PROGRAM } from "../scripts/program.ts";
import { ask } from "./api-request.ts";

const source = fileURLToPath(new URL("api-server.ts", import.meta.url));

test("the server runs as one file, far from node_modules", async () => {
  const folder = await mkdtemp(join(tmpdir(), "forge-bundle-"));
  const [outfile, socketPath] = [join(folder, "server.mjs"), join(folder, "api.sock")];
  await build({ ...PROGRAM, entryPoints: [source], outfile, target: "node24" });
  const server = spawn(process.execPath, [outfile, socketPath, join(folder, "ledger.db")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(server.stdout, "data");
    const at = { socketPath };
    for (const path of ["/v1/agents", "/metrics", "/openapi.json", "/v1/events"])
      assert.equal((await ask({ at, path })).status, 200, path);
    const sent = await ask({
      ...{ at, path: "/v1/agents/ada/prompts", method: "POST" },
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "hello", wait: "verdict" }),
    });
    assert.equal(JSON.parse(sent.body).phase, "submitted");
    assert.equal((await ask({ at, path: "/v1/agents/%zz" })).status, 400);
  } finally {
    server.kill("SIGKILL");
    await rm(folder, { recursive: true });
  }
});
