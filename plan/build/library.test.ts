import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { HARNESSES } from "../../harnesses/registry.ts";
import { samplePlan } from "../../tests/launcher-lab.ts";
import { planWith } from "../../tests/subject.ts";
import { buildPlanFolder } from "./folder.ts";
import { checkLibrary } from "./library.ts";

const root = mkdtempSync(join(tmpdir(), "forge-library-"));
after(() => rmSync(root, { recursive: true }));
let made = 0;

type Tree = { readonly [path: string]: string };
function folderOf(files: Tree): string {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const WHOLE = "---\nname: review\ndescription: When to use it.\n---\nText.\n";
const SKILLS: { readonly [what: string]: { readonly files: Tree; readonly says: RegExp } } = {
  "no SKILL.md": { files: { "README.md": WHOLE }, says: /SKILL\.md cannot be read/ },
  "skill.md": { files: { "skill.md": WHOLE }, says: /SKILL\.md cannot be read/ },
  "no front matter": { files: { "SKILL.md": "# Review\n" }, says: /does not begin with front/ },
  "front matter later": { files: { "SKILL.md": `\n${WHOLE}` }, says: /does not begin with front/ },
  "front matter without an end": {
    files: { "SKILL.md": "---\nname: a\ndescription: b\n" },
    says: /does not begin with front/,
  },
  "no description": { files: { "SKILL.md": "---\nname: a\n---\n" }, says: /has no description/ },
  "an empty description": {
    files: { "SKILL.md": "---\nname: a\ndescription:  \n---\ndescription: b\n" },
    says: /has no description/,
  },
};

for (const harness of HARNESSES) {
  const check = (kind: "skills" | "plugins", source: string) => {
    const entry = kind === "skills" ? { description: "d", source } : { source };
    return () => checkLibrary(planWith(harness, { [kind]: ["x"] }, { [kind]: { x: entry } }));
  };
  const refuses = (of: () => void, says: RegExp) =>
    assert.throws(of, { code: "PLAN_INVALID", message: says });

  test(`${harness.name}: a skill that it would leave out is refused`, () => {
    for (const { files, says } of Object.values(SKILLS))
      refuses(check("skills", folderOf(files)), says);
    refuses(check("skills", "/nowhere/skill"), /skills\.x: \/nowhere\/skill is no folder/);
    refuses(check("skills", join(folderOf({ "SKILL.md": WHOLE }), "SKILL.md")), /is no folder/);
  });

  test(`${harness.name}: a skill that it reads is taken`, () => {
    const block = "\uFEFF---\r\nname: a\r\ndescription: >\r\n  Of two\r\n  lines.\r\n---\r\n";
    const link = join(root, `link-${made++}`);
    symlinkSync(folderOf({ "SKILL.md": WHOLE }), link);
    for (const source of [folderOf({ "SKILL.md": WHOLE }), folderOf({ "SKILL.md": block }), link])
      check("skills", source)();
  });

  const [manifest] = harness.library.pluginFiles.filter((file) => file !== "");
  if (manifest === undefined) continue;
  test(`${harness.name}: a plugin that is none is refused`, () => {
    refuses(check("plugins", "/nowhere/plugin"), /plugins\.x: \/nowhere\/plugin does not exist/);
    refuses(check("plugins", folderOf({ "README.md": "a" })), /has none of /);
    check("plugins", folderOf({ [manifest]: '{"name": "x"}' }))();
    if (!/(plugin|extension)\.json$/.test(manifest)) return;
    for (const text of ["", "{", "[]", "null", "{}", '{"name": ""}', '{"name": 3}'])
      refuses(check("plugins", folderOf({ [manifest]: text })), /is no JSON object with a name/);
  });
}

test("nothing is built of it", async () => {
  const library = { skillFields: [], pluginFiles: [], skills: { x: "/nowhere" }, plugins: {} };
  const plan = samplePlan("/state", { library });
  const built = buildPlanFolder({ plan, out: join(root, "out"), launcher: join(root, "launch") });
  await assert.rejects(built, {
    code: "PLAN_INVALID",
    message: /skills\.x: \/nowhere is no folder/,
  });
});
