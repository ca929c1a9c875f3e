import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { OWNED as CLAUDE } from "../harnesses/claude-code/owned.ts";
import {
  OWNED as CODEX,
  OWNED_FEATURES as FEATURES,
  OWNED_OF_PROVIDER as PROVIDER,
} from "../harnesses/codex/owned.ts";
import { OWNED as GEMINI } from "../harnesses/gemini/owned.ts";
import { OWNED as OPENCODE } from "../harnesses/opencode/owned.ts";
import { OWNED_OF_MODEL as MODEL, OWNED as PI } from "../harnesses/pi/owned.ts";
import { HARNESSES } from "../harnesses/registry.ts";
import { Agent } from "../schema/agent.ts";
import { metaOf } from "../schema/introspect.ts";
import type { Harness } from "../schema/recipe/harness.ts";
import type { Owned, Owner } from "../schema/recipe/index.ts";
import { unwrap } from "../schema/wrappers.ts";
import { planWith, refusalOf } from "./subject.ts";

type Fields = { readonly [field: string]: unknown };

interface Table {
  readonly option: string;
  readonly owned: Owned;
  /** The agent to begin with. */
  readonly base: Fields;
}

const key = { secrets: { OPENAI_API_KEY: { file: "/run/key" } } };
const local = { baseUrl: "http://127.0.0.1:1" };
const TABLES: readonly Table[] = [
  { option: "claude-code.settings", owned: CLAUDE, base: {} },
  { option: "codex.settings", owned: CODEX, base: key },
  { option: "codex.providerSettings", owned: PROVIDER, base: key },
  { option: "codex.features", owned: FEATURES, base: {} },
  { option: "gemini.settings", owned: GEMINI, base: {} },
  { option: "opencode.settings", owned: OPENCODE, base: { opencode: local } },
  { option: "pi.settings", owned: PI, base: { pi: local } },
  { option: "pi.modelSettings", owned: MODEL, base: { pi: local } },
];

/** What agents ask for by name, and a tool that each harness knows. */
const AROUND = {
  skills: { review: { description: "d", source: "/review" } },
  plugins: { tools: { source: "/tools" } },
  mcpServers: { tracker: { kind: "http", url: "https://tracker.example" } },
};
const TOOLS: { readonly [harness: string]: string } = { "claude-code": "Bash", gemini: "glob" };

const harnessOf = (option: string): Harness => {
  const found = HARNESSES.find(({ name }) => name === option.split(".")[0]);
  assert.ok(found, option);
  return found;
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Base and addition, one laid into the other. */
const merged = (base: Fields, more: Fields): Fields => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(more).map(([name, value]) => {
      const below = base[name];
      return [name, isFields(below) && isFields(value) ? merged(below, value) : value];
    }),
  ),
});

const at = (path: readonly string[], value: unknown): Fields => {
  const [first = "", ...others] = path;
  return { [first]: others.length > 0 ? at(others, value) : value };
};

const planned = (harness: Harness, fields: Fields): unknown => planWith(harness, fields, AROUND);

/** Each field by its path, with who sets it. */
const ownersOf = (owned: Owned): readonly (readonly [path: readonly string[], owner: Owner])[] =>
  Object.entries(owned).flatMap(([name, owner]) =>
    "section" in owner
      ? [
          ...Object.entries(owner.section).map(([field, of]) => [[name, field], of] as const),
          ...(owner.rest ? [[[name], owner.rest] as const] : []),
        ]
      : [[[name], owner] as const],
  );

/** Values that an option takes. */
function valuesFor(harness: Harness, path: readonly string[]): readonly unknown[] {
  const [first = "", second = ""] = path;
  const tool = TOOLS[harness.name] ?? "bash";
  if (first === "permissions") return [[tool]];
  const schema = first === harness.name ? harness.options.shape[second] : undefined;
  if (!schema) {
    assert.ok(Object.hasOwn(Agent.shape, first), path.join("."));
    return [["review"], ["tools"], ["tracker"], "high"];
  }
  const { examples = [] } = metaOf(schema);
  const within = unwrap(schema);
  const choices = within instanceof z.ZodEnum ? within.options : [];
  const candidates = [...(Array.isArray(examples) ? examples : []), ...choices, null, "other"];
  return candidates.filter((value) => schema.safeParse(value).success);
}

/** Whether some value of the option is accepted, and changes the plan. */
const works = (harness: Harness, option: string, base: Fields): boolean => {
  const path = option.split(".");
  const before = JSON.stringify(planned(harness, base));
  return valuesFor(harness, path).some((value) => {
    const fields = merged(base, at(path, value));
    if (refusalOf(harness, fields, AROUND) !== "") return false;
    return JSON.stringify(planned(harness, fields)) !== before;
  });
};

for (const { option, owned, base } of TABLES) {
  const harness = harnessOf(option);
  const refusalAt = (path: readonly string[], value: unknown): string =>
    refusalOf(harness, merged(base, at([...option.split("."), ...path], value)), AROUND);

  for (const [path, owner] of ownersOf(owned)) {
    const field = `${option}.${path.join(".")}`;
    if ("needed" in owner) {
      test(`${field} cannot be set, and its refusal says why`, () => {
        const refusal = refusalAt(
          path,
          option === "gemini.settings" && path.length === 1 ? {} : true,
        );
        assert.ok(refusal.includes(`${field}: forge `), refusal);
        assert.ok(refusal.includes(`because forge needs it ${owner.needed}`), refusal);
      });
    } else {
      test(`${field} is refused in favour of ${owner.join(", ")}, which works`, () => {
        for (const value of [harness.name === "codex" ? true : {}, true, "x"]) {
          if (option === "gemini.settings" && path.length === 1 && !isFields(value)) continue;
          const refusal = refusalAt(path, value);
          assert.ok(refusal.includes(`${field}: forge writes this field itself\n`), refusal);
          for (const name of owner)
            assert.match(refusal, new RegExp(`set .*\\b${name}\\b.* instead`));
        }
        for (const name of owner) assert.ok(works(harness, name, base), name);
      });
    }
  }
}

/** Paths of the fields in a file, two levels deep. */
const pathsIn = (content: Fields): readonly (readonly string[])[] =>
  Object.entries(content).flatMap(([name, value]) => [
    [name],
    ...(isFields(value) ? Object.keys(value).map((field) => [name, field]) : []),
  ]);

const FILES: { readonly [option: string]: string } = {
  "claude-code.settings": "config/settings.json",
  "codex.settings": "codex/config.toml",
  "gemini.settings": ".gemini/settings.json",
  "opencode.settings": "opencode/opencode.json",
  "pi.settings": "pi/settings.json",
};

for (const [option, path] of Object.entries(FILES)) {
  test(`no field of ${option} is dropped in silence: it changes the file, or is refused`, () => {
    const harness = harnessOf(option);
    const contentWith = (fields: Fields): Fields => {
      const file = planWith(harness, { effort: "high", ...fields }, AROUND).files[path];
      assert.ok(file);
      return Object("json" in file ? file.json : "toml" in file ? file.toml : {});
    };
    const plain = contentWith({});
    const dropped = pathsIn(plain).filter((field) => {
      const value = option === "gemini.settings" && field.length === 1 ? { odd: "odd" } : "odd";
      const fields = at([...option.split("."), ...field], value);
      if (refusalOf(harness, { effort: "high", ...fields }, AROUND) !== "") return false;
      return JSON.stringify(contentWith(fields)) === JSON.stringify(plain);
    });
    assert.deepEqual(dropped, []);
  });
}

test("a section of claude-code that is forge's own is refused, whatever it is", () => {
  for (const value of [{}, { disableBypassPermissionsMode: "disable" }, "x", null, []]) {
    const refusal = refusalOf(harnessOf("claude-code"), {
      "claude-code": { settings: { permissions: value } },
    });
    assert.match(refusal, /settings\.permissions: forge writes .*\n.*set permissions\.allow,/);
  }
});
