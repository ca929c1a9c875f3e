import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { installAgent } from "../../tests/launcher-lab.ts";

/** Files of variables, read by the whole launcher; a shell stands for the harness and prints its environment. */
let root = "";
let credentials = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "forge-environment-"));
  credentials = join(root, "credentials");
  mkdirSync(credentials);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ENV = execFileSync("sh", ["-c", "command -v env"], { encoding: "utf8" }).trim();
const TAIL = { $credentialTail: { name: "KEY", length: 4 } };

interface Given {
  readonly files: readonly (string | undefined)[];
  readonly fields?: object;
}

async function start({ files, fields = {} }: Given) {
  for (const [i, content] of files.entries())
    if (content !== undefined) writeFileSync(join(credentials, `environment-${i}`), content);
  const environmentFiles = files.map((_, i) => `/run/keys/${i}.env`);
  const given = { argv: [ENV, "-0"], environmentFiles, ...fields };
  const program = await installAgent(root, given, `${mkdtempSync(join(root, "plans-"))}/plan`);
  const { status, stdout, stderr } = spawnSync(program, {
    encoding: "utf8",
    env: { CREDENTIALS_DIRECTORY: credentials, TERM: "dumb" },
  });
  const variables = stdout.split("\0").map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  return { status, stderr, variables: Object.fromEntries(variables) };
}

test("variables of files reach the agent; a later file wins", async () => {
  const first = `# keys of the team
; another comment

KEY=sk-plain_+/=.:@%,~!*?[]{}()<>|&
  INDENTED = no
`.replace(" = no", "=yes  ");
  const second = `EMPTY=
SINGLE='a "b" $HOME \`x\` \\n # c'
DOUBLE="a 'b' \\$HOME \\"q\\" \\\\ \\\`x\\\` #"
INDENTED=later\r
UNICODE=grüße
LAST=without a line break`.replace("without a line break", "end");
  const { status, stderr, variables } = await start({ files: [first, second] });
  assert.equal(status, 0, stderr);
  const { KEY, EMPTY, SINGLE, DOUBLE, INDENTED, UNICODE, LAST } = variables;
  assert.deepEqual(
    { KEY, EMPTY, SINGLE, DOUBLE, INDENTED, UNICODE, LAST },
    {
      KEY: "sk-plain_+/=.:@%,~!*?[]{}()<>|&",
      EMPTY: "",
      SINGLE: 'a "b" $HOME `x` \\n # c',
      DOUBLE: "a 'b' $HOME \"q\" \\ `x` #",
      INDENTED: "later",
      UNICODE: "grüße",
      LAST: "end",
    },
  );
});

for (const [what, line, said] of [
  ["no NAME=value", "sk-secret", /line 2: expected NAME=value/],
  ["an export", "export KEY=sk-secret", /line 2: expected NAME=value/],
  ["a name that is none", "1KEY=sk-secret", /line 2: expected NAME=value/],
  ["spaces around =", "KEY = sk-secret", /line 2: expected NAME=value/],
  ["a byte order mark", "\ufeffKEY=sk-secret", /line 2: expected NAME=value/],
  ["an unquoted space", "KEY=sk secret", /line 2: programs read the value of KEY in different/],
  ["a variable in the value", "KEY=$OTHER-secret", /value of KEY in different ways/],
  ["a variable in double quotes", 'KEY="$OTHER-secret"', /value of KEY in different ways/],
  ["a comment after the value", "KEY=sk-secret#old", /value of KEY in different ways/],
  ["quotes within the value", "KEY=sk-'secret'", /value of KEY in different ways/],
  ["a quote that does not end", 'KEY="sk-secret', /value of KEY in different ways/],
  ["a line that goes on", "KEY=sk-secret\\", /value of KEY in different ways/],
  ["a variable of bash", "BASH_ENV=/secret", /the agent's programs cannot get BASH_ENV/],
  ["a variable of the launcher", "LD_PRELOAD=/secret", /cannot get LD_PRELOAD/],
  ["the path", "PATH=/secret", /cannot get PATH/],
  ["a variable of the plan", "HOME=/secret", /HOME has another source/],
  ["a secret", "TOKEN=sk-secret", /TOKEN is one of the agent's secrets/],
  ["a secret's file", "FILE=sk-secret", /FILE has another source/],
  ["a NUL byte", "KEY=sk\0secret", /holds a NUL byte/],
  ["too much", `KEY=${"secret".repeat(25_000)}`, /line 2: the value of KEY is too long/],
] as const) {
  test(`a file with ${what} is refused, by its line, and nothing of it is printed`, async () => {
    for (const name of ["TOKEN", "FILE"]) writeFileSync(join(credentials, name), "token");
    const secret = (delivery: string) => ({ source: "/x", delivery });
    const fields = { credentials: { TOKEN: secret("env"), FILE: secret("file") } };
    const { status, stderr } = await start({ files: [`A=1\n${line}\n`], fields });
    assert.equal(status, 78, stderr);
    assert.match(stderr, /^ENVIRONMENT_FILE_INVALID: environmentFiles\.0: \/run\/keys\/0\.env/);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /secret(?!s)/);
  });
}

test("a file that did not come is named", async () => {
  const { status, stderr } = await start({ files: ["A=1\n", undefined] });
  assert.equal(status, 78);
  assert.match(
    stderr,
    /environmentFiles\.1: \/run\/keys\/1\.env did not come with the start\n {2}→ /,
  );
});

test("a seed with the end of a key has it from a file, and is left out where no file has it", async () => {
  const fields = { seed: { "a.json": { keys: ["x", TAIL], end: TAIL } } };
  const seeded = (): unknown => JSON.parse(readFileSync(join(root, "state/a.json"), "utf8"));
  await start({ files: ["OTHER=1\n"], fields });
  assert.deepEqual(seeded(), { keys: ["x"] });
  await start({ files: ["KEY='sk-\"\\é1234'\n"], fields });
  assert.deepEqual(seeded(), { keys: ["x", "1234"], end: "1234" });
});

test("any value in single quotes arrives as it is", async () => {
  const value = fc.string({ unit: "grapheme", maxLength: 40 }).filter((v) => !/[\0\r\n']/.test(v));
  await fc.assert(
    fc.asyncProperty(value, async (text) => {
      const { status, stderr, variables } = await start({ files: [`KEY='${text}'\n`] });
      assert.equal(status, 0, stderr);
      assert.equal(variables["KEY"], text);
    }),
    { numRuns: 30 },
  );
});
