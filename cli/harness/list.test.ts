import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { pi } from "../../harnesses/pi/harness.ts";
import { harnessTable, listHarnesses } from "./list.ts";

const golden = fileURLToPath(new URL("../../tests/golden/", import.meta.url));
const other = { ...pi, name: "other", package: { ...pi.package, licence: "none", unfree: true } };
const package_ = (({ bin: _, ...rest }) => rest)(pi.package);

const NOWHERE = { projects: [], path: "" };

let runtime = "";
before(async () => {
  runtime = await mkdtemp(join(tmpdir(), "forge-list-"));
  const start = (agent: string, plan: string) =>
    mkdir(join(runtime, agent)).then(() =>
      writeFile(join(runtime, agent, "events"), `{"state":"starting","plan":"${plan}"}\n{"a":1}\n`),
    );
  const older = (await readFile(`${golden}pi/plan.json`, "utf8")).replace('"1.2.3"', '"1.2.2"');
  await mkdir(join(runtime, "plan"));
  await writeFile(join(runtime, "plan/plan.json"), older);
  await start("old", join(runtime, "plan"));
  await start("forgotten", `${golden}pi`);
  await start("liar", "/nowhere");
  await mkdir(join(runtime, "trap"));
  execFileSync("mkfifo", [join(runtime, "trap/events")]);
});
after(() => rm(runtime, { recursive: true }));

test("a host: versions as declared, and as each running agent was started", async () => {
  const agent = { harness: "pi", plan: `${golden}pi` };
  const host = {
    declared: {
      old: agent,
      silent: agent,
      liar: agent,
      trap: agent,
      stopped: { harness: "other", plan: `${golden}pi` },
    },
    running: ["old", "silent", "forgotten", "liar", "trap"],
    runtime,
  };
  const [first, second] = await listHarnesses([pi, other], host, NOWHERE);
  assert.deepEqual(first, {
    name: "pi",
    ...package_,
    tested: pi.tested,
    pinned: ["1.2.3"],
    running: ["1.2.2", "1.2.3", "unknown"],
  });
  assert.deepEqual(second?.running, []);
  const [unasked] = await listHarnesses([pi], { ...host, running: null }, NOWHERE);
  assert.equal(unasked?.running, null);
});

test("elsewhere: what npm has here; `-` is what is not known", async () => {
  const listed = await listHarnesses(
    [pi, { ...other, package: { ...other.package, bin: "no" } }],
    undefined,
    { projects: [import.meta.dirname], path: "" },
  );
  assert.equal(
    harnessTable(listed),
    `HARNESS  NIXPKGS          NPM                              LICENCE        TESTED  PINNED  RUNNING
pi       pi-coding-agent  @earendil-works/pi-coding-agent  MIT            0.87.1  0.87.1  -
other    pi-coding-agent  @earendil-works/pi-coding-agent  none (unfree)  0.87.1  -       -
`,
  );
});
