import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import { createRig, type Rig } from "./up-rig.ts";

const program = fileURLToPath(new URL("../../cli/forge.ts", import.meta.url));

const forgeIn = (rig: Rig) => async (args: readonly string[]) => {
  const options = { env: rig.env, extendEnv: false, reject: false, timeout: 60_000 } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], options);
  return { status: exitCode, stdout, stderr };
};

/** What a program has printed, as it comes. */
function followed(rig: Rig, args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { env: rig.env });
  const closed = once(child, "close");
  let printed = "";
  let more = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
    more.resolve();
  });
  return {
    prints: async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(printed)) {
        more = Promise.withResolvers();
        await Promise.race([more.promise, closed.then(() => assert.match(printed, pattern))]);
      }
      return printed;
    },
    closed,
  };
}

test("forge transcript shows what real pi was asked, did and answered, and follows it", async () => {
  await using stub = await startStubModel();
  await using rig = await createRig();
  const options = { provider: "stub", baseUrl: stub.url, apiKeyVariable: null };
  await rig.fleet({ a: { harness: "pi", model: "stub-1", role: "r", pi: options } });
  const forge = forgeIn(rig);
  const up = rig.up();
  await up.event("a", "status", 2); // ready
  assert.deepEqual(await forge(["transcript", "a"]), { status: 0, stdout: "", stderr: "" });

  const follower = followed(rig, ["transcript", "a", "--follow"]);
  await forge(["send", "a", "--wait", '[[tool bash {"command":"echo ran"}]]']);
  await follower.prints(/\n> \[\[tool bash .*\n\n- bash: echo ran\n\ntool said: ran\n/);
  await forge(["send", "a", "--wait", "next [[say turned\u202earound]]"]);
  const all = await follower.prints(/\n> next .*\n\nturned\\u202earound\n/);
  assert.equal(all.match(/^## \d{4}-\d\d-\d\dT[\d:]+Z$/gm)?.length, 2);

  assert.equal((await forge(["transcript", "a"])).stdout, all.slice(0, -1)); // execa takes the last line break
  const last = await forge(["transcript", "a", "--turns", "1"]);
  assert.match(last.stdout, /^## [^\n]+\n\n> next [^\n]+\n\nturned\\u202earound\n$/);
  const json = await forge(["transcript", "a", "--json", "-n", "1"]);
  const records = json.stdout.split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ["prompt", "text", "usage", "end"],
  );
  assert.equal(records[1].text, "turned\u202earound");
  assert.equal((await forge(["transcript", "a", "-n", "0"])).status, 2);

  up.signal("SIGINT");
  await up.exit;
  await follower.closed;
  assert.match((await forge(["transcript", "a"])).stderr, /^AGENT_UNKNOWN: /);
});
