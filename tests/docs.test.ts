import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { COMMANDS } from "../cli/commands.ts";
import { HARNESSES } from "../harnesses/registry.ts";
import { SESSION } from "../schema/plan.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const texts = globSync("{*,{deployments,docs,harnesses,runtime,secrets,tests}/**/*}.md", {
  cwd: root,
  exclude: (path) => path === "node_modules",
});

const Scripts = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = Scripts.parse(JSON.parse(read("package.json")));
const Pins = z.object({ dependencies: z.record(z.string(), z.string()) });
const { dependencies: pins } = Pins.parse(JSON.parse(read("tests/harnesses/package.json")));

/** Cells of the table "What they are like", by the title of the row and the name of the harness. */
function likeness(row: string, harness: string): string {
  const lines = read("docs/harnesses.md").split("\n");
  const cells = (title: string): readonly string[] =>
    (lines.find((line) => line.startsWith(`| ${title} |`)) ?? "").split("|").slice(2, -1);
  const names = (lines.find((line) => line.startsWith("| | ")) ?? "").split("|").slice(2, -1);
  const column = names.findIndex((name) => name.trim() === harness);
  return cells(row)[column]?.trim() ?? "no such cell";
}

/** A new harness gets its pin, and its column, last. */
const pinned = HARNESSES.filter(({ package: { npm } }) => Object.hasOwn(pins, npm));
assert.equal(pinned.length, Object.keys(pins).length);
for (const { name, package: source, tested, terminal, resume } of pinned) {
  test(`${name}: the version that forge names is the one that the tests run`, () => {
    assert.equal(tested, pins[source.npm]);
  });

  test(`${name}: docs/harnesses.md says what its recipe says`, () => {
    const seen = pins[source.npm] ?? "no pin";
    const { licence, unfree } = source;
    assert.equal(likeness("licence", name), unfree ? `${licence}, unfree` : licence);
    assert.equal(likeness("tested with", name).split(", ")[0], seen);
    assert.equal(likeness("paste, then Enter after", name), `${terminal.submitDelay} ms`);
    assert.equal(likeness("quits by", name), `\`${terminal.quit}\``);
    const again = resume.join(" ").replace(SESSION, "ID");
    assert.equal(likeness("continues a conversation", name), `\`${again}\``);
    assert.match(read(`harnesses/${name}/README.md`), new RegExp(`Seen with ${seen}[.,]`));
  });
}

test("what the texts link to exists", () => {
  assert.ok(texts.length > 10);
  const broken = texts.flatMap((text) =>
    [
      ...read(text)
        .replaceAll(/`[^`\n]*`/g, "")
        .matchAll(/\]\((?!https?:|#)([^)#]+)/g),
    ]
      .map(([, target = ""]) => join(dirname(text), target))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${text}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test("the files that comments and texts name exist", () => {
  const top =
    "cli|deployments|docs|generator|harnesses|modules|nix|plan|runtime|schema|scripts|secrets|tests";
  const path = new RegExp(
    `(?<![\\w/.~-])(?:${top})/[\\w./-]+\\.(?:bash|c|conf|h|hbs|jq|md|nix|ts)\\b`,
    "g",
  );
  const sources = top
    .split("|")
    .flatMap((folder) => globSync(`${folder}/**/*.{bash,c,h,hbs,md,nix,ts}`, { cwd: root }))
    .filter((source) => !source.startsWith("tests/golden"));
  assert.ok(sources.length > 200);
  const lost = sources.flatMap((source) =>
    [...read(source).matchAll(path)]
      .map(([named]) => named)
      .filter((named) => !existsSync(join(root, named)))
      .map((named) => `${source}: ${named}`),
  );
  assert.deepEqual(lost, []);
});

test("no text has a command for the machine's own Node, which may run no TypeScript", () => {
  const bare =
    /(?:^|`|&& |[|;] |\b[A-Z_]+=\S+ )(?:sudo )?(?:node|npx (?!forge\b)\S+|tsx|tsc|biome) [^`\n]*/gm;
  const found = (text: string) => [...text.matchAll(bare)].map(([command]) => command);
  assert.equal(found("```sh\nnode a.ts\nA=1 node b.mjs; node c\n```\n`npx tsc -p .`").length, 3);
  assert.deepEqual(found("npx forge up\nA node is `node`; run `npm run x`."), []);
  const sources = [...texts, "cli/commands/new-harness.ts"];
  assert.deepEqual(
    sources.flatMap((text) => found(read(text)).map((command) => `${text}: ${command}`)),
    [],
  );
});

test("the commands that the texts name exist", () => {
  const unknown = texts.flatMap((text) => [
    ...[...read(text).matchAll(/npm run ([\w:-]+)/g)]
      .filter(([, script = ""]) => !Object.hasOwn(scripts, script))
      .map(([command]) => `${text}: ${command}`),
    ...[...read(text).matchAll(/(?:`|npx )forge ([a-z]+)/g)]
      .filter(([, command = ""]) => command !== "generate" && !Object.hasOwn(COMMANDS, command))
      .map(([command]) => `${text}: ${command}`),
  ]);
  assert.deepEqual(unknown, []);
});
