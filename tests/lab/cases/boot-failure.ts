import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { trixie } from "../../nixos/find.ts";
import { BootError, boot } from "../boot.ts";

/** A machine that does not come up says why: what its console showed. Each of these is a machine of its own. */
const INIT = "usr/lib/systemd/systemd";
const script = (text: string) => `#!/bin/bash\n${text}\n`;

/** The message of a boot with this file in the place of systemd. */
async function failure(init: string, seconds = 20, isLink = false): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "forge-broken-"));
  try {
    const at = join(tree, INIT);
    await mkdir(dirname(at), { recursive: true });
    if (isLink) await symlink(init, at);
    else {
      await writeFile(at, script(init));
      await chmod(at, 0o755);
    }
    const booting = boot({ root: trixie, tree, nix: undefined }, seconds);
    const error = await booting.then(
      () => assert.fail("it booted"),
      (error: unknown) => error,
    );
    assert.ok(error instanceof BootError, String(error));
    return error.message;
  } finally {
    await rm(tree, { recursive: true });
  }
}

test("an init that fails: its words are in the message", async () => {
  const message = await failure("echo no such luck; echo no disk >&2; exit 3");
  assert.match(message, /^the machine ended; the end of its console:\n/);
  assert.match(message, /^ {2}\| no such luck$/m);
  assert.match(message, /^ {2}\| no disk$/m);
});

test("an init that hangs: the end of what it showed, as plain text", async () => {
  const lines = String.raw`seq -f 'step %g' 200; printf '\e[1;31mwaiting for a disk\e[0m\r\n'; exec sleep 1000`;
  const message = await failure(lines, 4);
  assert.match(message, /^the machine did not boot within 4 s; the end of its console:\n/);
  assert.match(message, /^ {2}\| step 200\n {2}\| waiting for a disk$/m);
  assert.doesNotMatch(message, /step 100$/m);
});

test("an init that says nothing", async () => {
  assert.match(await failure("exit 0"), /^the machine ended; /);
});

test("an init that is killed", async () => {
  assert.match(await failure("echo so far; kill -SEGV $$; kill -KILL $$; exec sleep 1"), /so far/);
});

test("a link to an init that is not there: nspawn's own words", async () => {
  const message = await failure("/nowhere/systemd", 10, true);
  assert.match(message, /^the machine (ended|did not boot within 10 s); the end of its console:\n/);
});

/** Ways to be root without all that a machine takes, by what is then missing. */
const LESS: readonly (readonly [lacks: RegExp, ...command: string[]])[] = [
  [
    /^the right to mount and to make namespaces \(unshare: .*not permitted\)$/,
    ...["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all"],
  ],
  [
    /^user namespaces, for the sandbox of units \(unshare: .+\)$/,
    ...["unshare", "--user", "--map-root-user", "--mount", "bash", "-c"],
    ...['echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"', "bash"],
  ],
  [
    /^systemd-nspawn to work \(.+\)$/,
    ...["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork"],
  ],
  [/^root$/, ...["setpriv", "--reuid=nobody", "--clear-groups"]],
];

for (const [lacks, ...command] of LESS) {
  test(`where a machine cannot be booted, it is told what is missing: ${lacks.source}`, async () => {
    const ask = `import(process.argv[1]).then(async ({ rootToBoot }) => console.log((await rootToBoot()).needs))`;
    const node = [process.execPath, "--eval", ask, join(import.meta.dirname, "../needs.ts")];
    const [program = "", ...args] = [...command, ...node];
    const { stdout } = await execa(program, args, { cwd: "/" });
    assert.match(stdout, lacks);
  });
}
