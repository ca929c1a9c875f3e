import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { installInto, nodes, packTarballs } from "./install.ts";
import { userOf } from "./user.ts";

let packed = "";
let tarballs: readonly string[] = [];
before(async () => {
  packed = await mkdtemp("/tmp/forge-packed-");
  tarballs = await packTarballs(packed);
});
after(() => rm(packed, { recursive: true }));

const all = { concurrency: 3 };
describe("the package", all, async () => {
  for (const [version, node] of await nodes()) {
    test(`Node ${version}: init, up, ps, attach, logs and stop in an empty folder`, async () => {
      await using project = await installInto(node, tarballs);
      await using user = userOf(project);
      const installed = await readdir(join(project.folder, "node_modules"));
      assert.deepEqual(installed.filter((name) => !name.startsWith(".")).sort(), [
        "@forge-agents",
        "zod",
      ]);
      assert.match(await user.npx("init", "--stub"), /in pi 0\.87\.1\n {2}npx forge up .*runs it/);
      await assert.rejects(user.forge("init", "--stub"), /OUTPUT_UNWRITABLE: .* it exists already/);

      const up = await user.up("assistant", ({ activity }) => activity === "ready");
      assert.match(up.output(), /^Agents run as you, without a sandbox/m);
      const [agent] = await user.ps();
      assert.equal(agent?.fleet, join(project.folder, "fleet.ts"));
      assert.match(await user.forge("ps"), /\nassistant +pi +stub-model +running +ready /);
      await user.attach("assistant", "hello", "stub(stub-model): hello");
      assert.match(await user.forge("logs", "assistant"), / assistant: started \(pi 0\.87\.1, /);

      assert.equal(await user.forge("stop", "assistant"), "assistant stopped");
      assert.equal(await up.exit, 0);
      assert.deepEqual(await user.ps(), []);
      assert.deepEqual(
        await readdir(join(project.env["XDG_STATE_HOME"] ?? "", "forge/running")),
        [],
      );
      const left = await readdir(project.folder);
      assert.deepEqual(left.sort(), [
        "fleet.ts",
        "node_modules",
        "package-lock.json",
        "package.json",
      ]);
    });

    test(`Node ${version}: a harness of the project's own`, async () => {
      await using project = await installInto(node, tarballs);
      await using user = userOf(project);
      await cp(fileURLToPath(new URL("own", import.meta.url)), project.folder, { recursive: true });
      const program = join(project.folder, "harnesses/mirror/program");
      const up = await user.up(
        "looker",
        ({ activity }) => activity === "ready",
        ...["--harness", `mirror=${program}`],
      );
      await user.attach("looker", "hello", "mirrored: hello");
      assert.equal(await user.forge("down"), "looker stopped");
      assert.equal(await up.exit, 0, up.output());
      await assert.rejects(user.forge("down"), /FLEET_NOT_RUNNING: /);

      await user.forge("up", "--detach", "--harness", `mirror=${program}`);
      const [looker] = await user.ps();
      assert.equal(looker?.unitState, "running");
      await assert.rejects(
        user.forge("up", "--detach", "--harness", `mirror=${program}`),
        /ALREADY_RUNNING: /,
      );
      assert.equal(await user.forge("down"), "looker stopped");
      assert.deepEqual(await user.ps(), []);
    });
  }

  test("the declarations type a fleet file and a recipe, and refuse what is wrong", async () => {
    await using project = await installInto(process.execPath, tarballs);
    const { folder } = project;
    await cp(fileURLToPath(new URL("own", import.meta.url)), folder, { recursive: true });
    const fleet = await readFile(join(folder, "fleet.ts"), "utf8");
    const wrong = [
      fleet.replace("model:", "modle:"),
      fleet.replace("loud: true", 'loud: "yes"'),
      fleet.replace('harness: "mirror"', 'harness: "mirrors"'),
    ];
    for (const [at, text] of wrong.entries()) await writeFile(join(folder, `wrong${at}.ts`), text);
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
    const files = ["fleet.ts", ...wrong.keys().map((at) => `wrong${at}.ts`)];
    const { stdout } = await execa("tsc", [...flags, "--allowImportingTsExtensions", ...files], {
      ...{ cwd: folder, preferLocal: true, localDir: import.meta.dirname, reject: false },
    });
    const refused = stdout
      .split("\n")
      .flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []);
    assert.deepEqual([...new Set(refused)].sort(), files.slice(1), stdout);
  });
});
