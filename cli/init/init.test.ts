import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseFleet } from "../../harnesses/fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { loadFleetFile } from "../up/fleet-file.ts";
import { chooseHarness } from "./choose-harness.ts";
import { type Answers, FIRST_AGENT, firstFleet } from "./first-fleet.ts";

const root = await mkdtemp(join(tmpdir(), "forge-init-"));
after(() => rm(root, { recursive: true }));

const [first, second] = HARNESSES;
const places = { projects: [], path: root };
const install = ({ package: { bin } }: { package: { bin: string } }) =>
  writeFile(join(root, bin), "#!/bin/sh\necho 1.2.3\n", { mode: 0o755 });

test("without any harness, the command that installs each in its tested version", async () => {
  await assert.rejects(chooseHarness(HARNESSES, undefined, places), (error: Error) => {
    assert.ok("fix" in error && typeof error.fix === "string");
    for (const { package: source, tested } of HARNESSES)
      assert.ok(error.fix.includes(`\n    npm install ${source.npm}@${tested}`), source.npm);
    return true;
  });
});

test("one that is asked for need not be installed, but must exist", async () => {
  const { harness, program } = await chooseHarness(HARNESSES, second.name, places);
  assert.equal(harness, second);
  assert.equal(program, undefined);
  const slip = { code: "USAGE", fix: /^harnesses are: / };
  await assert.rejects(chooseHarness(HARNESSES, "nano", places), slip);
});

test("the first one that is installed, and the others by name", async () => {
  await install(second);
  const one = await chooseHarness(HARNESSES, undefined, places);
  assert.equal(one.harness, second);
  assert.deepEqual(one.program, { bin: join(root, second.package.bin), version: "1.2.3" });
  await install(first);
  const two = await chooseHarness(HARNESSES, undefined, places);
  assert.equal(two.harness, first);
  assert.deepEqual(two.others, [second.name]);
});

const ANSWERS: readonly Answers[] = [
  { kind: "stub" },
  { kind: "login" },
  { kind: "key", file: `/a "path"/key` },
];
for (const harness of HARNESSES) {
  for (const answers of ANSWERS) {
    test(`${harness.name}, ${answers.kind}: what is written is a fleet`, async () => {
      const file = join(root, `${harness.name}-${answers.kind}.ts`);
      await writeFile(file, firstFleet(harness, answers));
      const { agents, stub } = parseFleet(await loadFleetFile(file));
      const [agent] = agents;
      assert.equal(agents.length, 1);
      assert.equal(agent?.name, FIRST_AGENT);
      assert.equal(stub, answers.kind === "stub");
      const files = Object.values(agent.agent.secrets).map((secret) => secret.file);
      assert.deepEqual(files, answers.kind === "key" ? [answers.file] : []);
    });
  }
}
