import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** npm puts its folders in order after Ctrl-C. */
const NPM = `#!/bin/sh
trap 'sleep 1; touch tidied; exit 130' INT
touch begun
while :; do sleep 0.1; done
`;

/** A checkout in which nothing is installed, with programs of its own. */
function checkout(t: TestContext, programs: { readonly [name: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), "forge-setup-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "bin"));
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(root, "bin", name), script, { mode: 0o755 });
  for (const file of ["scripts/setup.mjs", "package.json", "package-lock.json"])
    cpSync(join(repository, file), join(root, file));
  return root;
}

/** What the demo needs and wants, all there. */
const DEMO = Object.fromEntries(
  ["tmux", "jq", "flock", "ps", "fdfind", "rg"].map((name) => [name, "#!/bin/sh\n"]),
);

test("Ctrl-C during the setup waits until npm has ended", { timeout: 30_000 }, async (t) => {
  const root = checkout(t, { ...DEMO, npm: NPM });
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

/** Runs the setup with the checkout's programs only. */
const setUp = (root: string, what: "demo" | "test") =>
  spawnSync(process.execPath, ["scripts/setup.mjs", what], {
    cwd: root,
    env: { PATH: join(root, "bin") },
    encoding: "utf8",
  });

const isRoot = process.getuid?.() === 0;
const APT = '#!/bin/sh\necho "$*" >> "${0%/*}/../asked"\n';

for (const [name, works] of [
  ["installs", true],
  ["goes on without", false],
] as const) {
  test(`as root, the setup of the demo ${name} what its agents ask for`, { skip: !isRoot }, (t) => {
    const { fdfind: _, rg: __, ...needed } = DEMO;
    const apt = works ? APT : `${APT}exit 100\n`;
    const root = checkout(t, { ...needed, npm: "#!/bin/sh\n", "apt-get": apt });
    const { status, stderr } = setUp(root, "demo");
    assert.equal(status, 0, stderr);
    const asked = readFileSync(join(root, "asked"), "utf8");
    assert.match(asked, works ? /install -y .* fd-find ripgrep\n$/ : /update -q\n$/);
    assert.equal(/^setup: going on without fd-find and ripgrep$/m.test(stderr), !works);
  });
}

test("nothing is installed where all is there", (t) => {
  const root = checkout(t, { ...DEMO, npm: "#!/bin/sh\n", "apt-get": APT });
  assert.equal(setUp(root, "demo").status, 0);
  assert.equal(existsSync(join(root, "asked")), false);
});
