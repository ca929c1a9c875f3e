import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { sampleFleet } from "../../tests/sample-fleet.ts";
import { commandTree, withSubcommands } from "../command-tree.ts";
import { COMMANDS } from "../commands.ts";
import { manPage } from "../man-page.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";

const tree = await commandTree(COMMANDS);
const all = tree.flatMap(withSubcommands);

test("bash completes commands, options and agents", async () => {
  await using fleet = await sampleFleet();
  const bin = join(fleet.folder, "bin");
  mkdirSync(bin);
  const forge = join(import.meta.dirname, "../forge.ts");
  const shim = `#!/bin/bash\nexec "${process.execPath}" "${forge}" "$@"\n`;
  writeFileSync(join(bin, "forge"), shim, { mode: 0o755 });
  const script = `${bashCompletion(tree)}
    COMP_WORDS=(forge "$@"); COMP_CWORD=$#; _forge; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const complete = async (...words: string[]): Promise<readonly string[]> => {
    const env = { ...fleet.env, PATH: `${bin}:${fleet.env["PATH"]}` };
    const ran = await promisify(execFile)("bash", ["-c", script, "bash", ...words], { env });
    assert.equal(ran.stderr, "");
    return ran.stdout.trimEnd().split("\n");
  };
  assert.deepEqual(await complete("pro"), ["prompts"]);
  assert.deepEqual(await complete("ps", "--"), ["--json", "--verbose", "--help"]);
  assert.deepEqual(await complete("attach", ""), ["--take", "--help", "ada", "bob"]);
  assert.deepEqual(await complete("send", "--to", ""), ["ada", "bob"]);
  assert.deepEqual(await complete("send", "--file", ""), [""], "the shell has the files");
  assert.deepEqual(await complete("prompts", "c"), ["cancel"]);
  assert.deepEqual(await complete("prompts", "b"), ["bob"], "its default command lists an agent's");
  assert.deepEqual(await complete("prompts", "show", "--"), ["--json", "--help"]);
  assert.deepEqual(await complete("send", "watch", "--pri"), ["--priority"]);
});

test("every shell gets every command and option, and a script that it can read", async () => {
  await using fleet = await sampleFleet();
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout, status } = await fleet.forge("completion", shell);
    assert.equal(status, 0);
    for (const { path, options } of all) {
      assert.ok(stdout.includes(path.split(" ").at(-1) ?? ""), `${shell}: ${path}`);
      for (const name of options.flatMap(({ names }) => names.slice(-1)))
        assert.ok(stdout.includes(name.replace(/^-+/, "")), `${shell}: ${path} ${name}`);
    }
    const { error, stderr } = spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" });
    if (!error) assert.equal(stderr, "", shell);
  }
  assert.match((await fleet.forge("completion")).stderr, /^USAGE: missing required argument/);
  assert.match((await fleet.forge("completion", "csh")).stderr, /^USAGE: .*bash, zsh, fish/s);
});

test("text in a completion for fish cannot end its quotes", () => {
  const [ps] = tree;
  assert.ok(ps);
  const script = fishCompletion([{ ...ps, description: "it's a \\ (date)" }]);
  assert.match(script, /-d 'it\\'s a \\\\ \(date\)'$/m);
});

test("the manual page has every command and option, and no text of it is a request of roff's", () => {
  const page = manPage({ version: "1", description: "d", tree });
  for (const { path, options } of all) {
    assert.ok(page.includes(`.SS "forge ${path.replaceAll("-", "\\-")}"`), path);
    for (const { flags } of options) assert.ok(page.includes(flags.replaceAll("-", "\\-")), flags);
  }
  const [ps] = tree;
  assert.ok(ps);
  const odd = manPage({
    version: "1",
    description: ".TH\\",
    tree: [{ ...ps, description: ".SH x" }],
  });
  assert.match(odd, /^forge \\- \\&\.TH\\e$/m);
  assert.match(odd, /^\\&\.SH x\.$/m);
  const { error, stderr } = spawnSync("groff", ["-ww", "-man", "-Tutf8"], {
    input: page,
    encoding: "utf8",
  });
  if (!error) assert.equal(stderr, "");
});
