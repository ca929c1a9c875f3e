import assert from "node:assert/strict";
import { test } from "node:test";
import { HARNESSES } from "../harnesses/registry.ts";
import type { JsonObject } from "../schema/json.ts";
import { planWith, refusalOf } from "./subject.ts";

const harnessOf = (name: string) => {
  const found = HARNESSES.find((harness) => harness.name === name);
  assert.ok(found);
  return found;
};

function contentOf(
  name: string,
  path: string,
  fields: { readonly [field: string]: unknown },
): JsonObject {
  const file = planWith(harnessOf(name), fields).files[path];
  assert.ok(file);
  return Object("json" in file ? file.json : "toml" in file ? file.toml : {});
}
const claude = (fields: object) => contentOf("claude-code", "config/settings.json", { ...fields });
const codex = (fields: object) => contentOf("codex", "codex/config.toml", { ...fields });

/** What forge owns stays; what a person adds comes after, or below. Each refusal names an option that then works. */
const OWN_HOOK = { hooks: [{ type: "command", command: "/bin/notify" }] };
for (const [name, read] of [
  ["claude-code", claude],
  ["codex", codex],
] as const) {
  test(`${name}: hooks of one's own run after forge's, in events that forge uses and others`, () => {
    const hooks = { Stop: [OWN_HOOK], Elsewhere: [OWN_HOOK] };
    const plain = Object(read({})["hooks"]);
    const merged = Object(read({ [name]: { hooks } })["hooks"]);
    assert.deepEqual(merged, { ...plain, Stop: [...plain.Stop, OWN_HOOK], Elsewhere: [OWN_HOOK] });
    const refusal = refusalOf(harnessOf(name), { [name]: { settings: { hooks } } });
    assert.match(refusal, /settings\.hooks: forge writes this field itself\n.*hooks/);
  });
}

test("claude-code: what a person is asked about, and where tools work", () => {
  const own = { additionalDirectories: ["/srv/b"] };
  const { permissions } = claude({
    permissions: { ask: ["Bash(git push:*)"] },
    "claude-code": own,
  });
  assert.deepEqual(permissions, { ...own, allow: [], ask: ["Bash(git push:*)"], deny: [] });
  for (const path of ["b", "./b", "~/b", "/", "/b/", ""]) {
    const fields = { "claude-code": { additionalDirectories: [path] } };
    assert.match(
      refusalOf(harnessOf("claude-code"), fields),
      /additionalDirectories\.0: .*absolute/,
    );
  }
});

test("permissions.ask is checked like the other lists, and refused where nobody is asked", () => {
  for (const name of ["claude-code", "gemini", "opencode"]) {
    const refusal = refusalOf(harnessOf(name), { permissions: { ask: ["No Such Tool"] } });
    assert.match(refusal, /permissions\.ask: "No Such Tool" matches no tool/, name);
  }
  for (const name of ["codex", "pi"]) {
    const refusal = refusalOf(harnessOf(name), { permissions: { ask: ["bash"] } });
    assert.match(refusal, /permissions\.ask: .* does not support this option/, name);
  }
});

test("codex: a provider takes further fields, but for forge's own", () => {
  const secrets = { OPENAI_API_KEY: { file: "/run/key" } };
  const providerSettings = { query_params: { v: "1" }, http_headers: { A: "b" } };
  const { model_providers } = codex({ secrets, codex: { providerSettings } });
  const forge = { name: "forge", base_url: "https://api.openai.com/v1", wire_api: "responses" };
  const env_key = "OPENAI_API_KEY";
  assert.deepEqual(model_providers, { forge: { ...providerSettings, ...forge, env_key } });
  const keyless = codex({ codex: { providerSettings, apiKeyVariable: null } });
  assert.deepEqual(keyless["model_providers"], { forge: { ...providerSettings, ...forge } });
  for (const key of ["base_url", "env_key", "name", "wire_api"]) {
    const fields = { secrets, codex: { providerSettings: { [key]: "x" } } };
    assert.match(
      refusalOf(harnessOf("codex"), fields),
      new RegExp(`providerSettings\\.${key}: forge`),
    );
  }
  assert.match(
    refusalOf(harnessOf("codex"), { codex: { providerSettings } }),
    /apiKeyVariable = null/,
  );
});

test("codex: features are switched, but for those that forge needs", () => {
  const { features } = codex({ codex: { features: { fast_mode: false } } });
  assert.deepEqual(features, { fast_mode: false, apps: false, plugins: false });
  for (const name of ["apps", "plugins", "hooks"]) {
    const refusal = refusalOf(harnessOf("codex"), { codex: { features: { [name]: true } } });
    assert.match(refusal, new RegExp(`features\\.${name}: forge sets`));
  }
});

test("pi: a model on the same machine, with its limits and without a key", () => {
  const modelSettings = { contextWindow: 32768, maxTokens: 8192, compat: { supportsStore: false } };
  const own = { baseUrl: "http://127.0.0.1:1", apiKeyVariable: null, modelSettings };
  const { providers } = contentOf("pi", "pi/models.json", { pi: own });
  const { apiKey, models } = Object(Object(providers).anthropic);
  assert.deepEqual([apiKey, models], ["none", [{ ...modelSettings, id: "m", reasoning: false }]]);
  const pi = harnessOf("pi");
  assert.match(
    refusalOf(pi, { pi: { modelSettings } }),
    /pi\.modelSettings: .*\n.*set pi\.baseUrl/,
  );
  for (const key of ["id", "reasoning"]) {
    const fields = { pi: { ...own, modelSettings: { [key]: "x" } } };
    assert.match(refusalOf(pi, fields), new RegExp(`modelSettings\\.${key}: forge writes`));
  }
});
