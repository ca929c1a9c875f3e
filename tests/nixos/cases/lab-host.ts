import assert from "node:assert/strict";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { onHost } from "../../lab/host-tree.ts";
import { filesOf, type HostFile, portable, storeNames } from "../../lab/portable.ts";
import { disposeOf, hostFiles, renderHost } from "../../lab/rendered.ts";
import { labHost, openLab } from "../lab.ts";

const lab = openLab();
const built = await lab.build(labHost(lab.tree));
const ofModule = (await filesOf(onHost(built))).map((file) => ({
  ...file,
  text: portable(file.text),
}));

async function writeHost(files: readonly HostFile[]): Promise<void> {
  await rm(hostFiles, { recursive: true, force: true });
  for (const { path, text, link } of files) {
    const at = join(hostFiles, path);
    await mkdir(dirname(at), { recursive: true });
    await (link ? symlink(text, at) : writeFile(at, text));
  }
}

test("tests/golden/lab-host is what the module makes: UPDATE_GOLDEN=1 writes it", async () => {
  assert.ok(ofModule.some(({ path }) => path.includes("forge-agent-subject.service")));
  if (process.env["UPDATE_GOLDEN"] === "1") await writeHost(ofModule);
  const committed = await filesOf(hostFiles);
  const paths = (files: readonly HostFile[]) => files.map(({ path }) => path);
  assert.deepEqual(paths(committed), paths(ofModule));
  committed.forEach((file, i) => {
    assert.deepEqual(file, ofModule[i]);
  });
});

test("what the lab makes without Nix is what Nix makes", async () => {
  const tree = await renderHost();
  try {
    const closure = (await lab.nix(["path-info", "--recursive", built])).trim().split("\n");
    const stored = new Map(closure.map((path) => [storeNames(portable(path))[0], path]));
    const rendered = await filesOf(join(tree, "nix/store"));
    const compared = rendered.filter(
      ({ path, link }) => !link && !/^(forge-\d|[^/]+-linked\/)/.test(path),
    );
    for (const { path, text } of compared) {
      const [name = "", ...rest] = path.split("/");
      const at = onHost(join(stored.get(name) ?? assert.fail(`Nix makes no ${name}`), ...rest));
      const same = await readFile(at, "utf8");
      assert.equal(text, portable(same), path);
    }
    assert.ok(compared.length > 10, "scripts and plan folders were compared");
  } finally {
    await disposeOf(tree);
  }
});
