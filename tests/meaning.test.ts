import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { HARNESSES } from "../harnesses/registry.ts";
import type { Plan } from "../schema/plan.ts";
import { hostileText } from "./arbitrary.ts";
import { planWith, refusalOf } from "./subject.ts";

/** The values of secrets. None of them may be taken for a reference, or break what it is filled into. */
const SECRETS = { TOKEN: "t-1", OTHER: 'o"\\2 ', A: "it's `a`" };
const NAMES = Object.keys(SECRETS);

type Value = string | { readonly secret: string; readonly prefix: string };
type Values = { readonly [name: string]: Value };

const isSecret = (name: string): name is keyof typeof SECRETS => Object.hasOwn(SECRETS, name);
const secretOf = (name: string): string => (isSecret(name) ? SECRETS[name] : assert.fail(name));
/** What a declaration means, whatever the harness. */
const meant = (values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? value : `${value.prefix}${secretOf(value.secret)}`,
    ]),
  );

interface Received {
  readonly env: { readonly [name: string]: string };
  readonly headers: { readonly [name: string]: string };
}

const json = (plan: Plan, path: string) => {
  const file = plan.files[path];
  assert.ok(file && "json" in file);
  return Object(file.json);
};
type Texts = { readonly [name: string]: string };
const mapped = (of: Texts, change: (text: string) => string): Texts =>
  Object.fromEntries(Object.entries(of).map(([name, text]) => [name, change(text)]));
/** Fills variables in as programs do that know their own notation; others stay as they are. */
const filled = (pattern: RegExp) => (text: string) =>
  text.replace(pattern, (whole, a?: string, b?: string) => {
    const name = a ?? b ?? "";
    return isSecret(name) ? SECRETS[name] : whole;
  });

/** What the servers of an agent get, by each harness's own reading of its configuration. */
const READERS: { readonly [harness: string]: (plan: Plan) => Received } = {
  "claude-code": (plan) => {
    const { mcpServers } = json(plan, "config/mcp.json");
    const fill = filled(/\$\{([^}]+)\}/g);
    return {
      env: mapped(mcpServers.local.env, fill),
      headers: mapped(mcpServers.remote.headers, fill),
    };
  },
  gemini: (plan) => {
    const { mcpServers } = json(plan, ".gemini/settings.json");
    const fill = filled(/\$(?:(\w+)|\{([^}]+?)(?::-[^}]*)?\})/g);
    return {
      env: mapped(mcpServers.local.env, fill),
      headers: mapped(mcpServers.remote.headers, fill),
    };
  },
  opencode: (plan) => {
    const text = JSON.stringify(json(plan, "opencode/opencode.json").mcp)
      .replaceAll("{env:CREDENTIALS_DIRECTORY}", "/credentials")
      .replace(/\{file:\/credentials\/(\w+)\}/g, (_, name: string) =>
        JSON.stringify(secretOf(name)).slice(1, -1),
      );
    assert.doesNotMatch(text, /\{(env|file):/);
    const { local, remote } = JSON.parse(text);
    return { env: local.environment, headers: remote.headers };
  },
  codex: (plan) => {
    const file = plan.files["codex/config.toml"];
    assert.ok(file && "toml" in file);
    const { local, remote } = Object(file.toml["mcp_servers"]);
    const isShell = local.command === "/bin/sh";
    const names: readonly string[] = local.env_vars ?? [];
    const given = Object.fromEntries(names.map((name) => [name, secretOf(name)]));
    const args = isShell ? local.args : ["-0"];
    const output = execFileSync(isShell ? "/bin/sh" : "/usr/bin/env", args, {
      encoding: "utf8",
      env: { ...given, ...local.env },
    });
    const pairs = output.split("\0").map((line) => /^([^=]*)=(.*)$/s.exec(line) ?? []);
    const bearer = remote.bearer_token_env_var;
    return {
      env: Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, value])),
      headers: {
        ...remote.http_headers,
        ...mapped(remote.env_http_headers, secretOf),
        ...(bearer ? { Authorization: `Bearer ${secretOf(bearer)}` } : {}),
      },
    };
  },
};

const value = fc.oneof(
  hostileText.filter((text) => text.length < 1000),
  fc.constantFrom("${TOKEN}", "$TOKEN", "{env:TOKEN}", "{file:/run/key}", "Bearer $A", "a"),
  fc.record({
    secret: fc.constantFrom(...NAMES),
    prefix: fc.constantFrom("", "Bearer ", "it's $ ", "a\nb"),
  }),
);
const env = fc.dictionary(fc.constantFrom("TOKEN", "OTHER", "A", "B", "C_1"), value, {
  maxKeys: 3,
});
const headers = fc.dictionary(fc.constantFrom("Authorization", "X-A", "X-B"), value, {
  maxKeys: 2,
});

for (const harness of HARNESSES) {
  const read = READERS[harness.name];
  if (!read) continue;
  test(`${harness.name}: servers of random agents get what their declaration means`, () => {
    let accepted = 0;
    const declared = fc.record({ env, headers });
    const check = ({ env, headers }: { env: Values; headers: Values }) => {
      const mcpServers = {
        local: { kind: "stdio", command: "/usr/bin/env", args: ["-0"], env },
        remote: { kind: "http", url: "https://a.example/mcp", headers },
      };
      const secrets = Object.fromEntries(NAMES.map((name) => [name, { file: `/run/${name}` }]));
      const fields = { mcpServers: ["local", "remote"], secrets };
      if (refusalOf(harness, fields, { mcpServers }) !== "") return;
      accepted++;
      const got = read(planWith(harness, fields, { mcpServers }));
      for (const [name, text] of Object.entries(meant(env)))
        assert.equal(got.env[name], text, name);
      assert.deepEqual(got.headers, meant(headers));
    };
    fc.assert(fc.property(declared, check), { numRuns: 400, seed: 10 });
    assert.ok(accepted > 40, `only ${accepted} of the random agents were accepted`);
  });
}

const environment = fc.dictionary(
  fc.constantFrom("HTTPS_PROXY", "GIT_AUTHOR_NAME", "A_1", "LESS"),
  fc.oneof(hostileText, fc.constantFrom("${TOKEN}", "$HOME/x", "{env:TOKEN}", "a=b c", "")),
  { maxKeys: 4 },
);
const secrets = fc.dictionary(
  fc.constantFrom("TOKEN", "OTHER", "A"),
  fc.record({ file: fc.constant("/run/key"), delivery: fc.constantFrom("env", "file") }),
  { maxKeys: 3 },
);

for (const harness of HARNESSES) {
  test(`${harness.name}: random agents get the environment, secrets and files that they declare`, () => {
    let accepted = 0;
    const declared = fc.record({
      environment,
      secrets,
      environmentFiles: fc.array(fc.constantFrom("/run/a.env", "/run/it's.env"), { maxLength: 2 }),
    });
    const check = fc.property(declared, (fields) => {
      const refusal = refusalOf(harness, fields);
      const text = Object.values(fields.environment);
      if (text.some((value) => /^\$\{[A-Z]+\}$/.test(value))) assert.notEqual(refusal, "");
      if (refusal !== "") return;
      accepted++;
      const plan = planWith(harness, fields);
      for (const [name, value] of Object.entries(fields.environment))
        assert.equal(plan.env[name], value, name);
      const credentials = Object.entries(fields.secrets).map(([name, { file, delivery }]) => [
        name,
        { source: file, delivery },
      ]);
      assert.deepEqual(plan.credentials, Object.fromEntries(credentials));
      assert.deepEqual(plan.environmentFiles, fields.environmentFiles);
      for (const name of Object.keys(plan.credentials)) assert.ok(!Object.hasOwn(plan.env, name));
    });
    fc.assert(check, { numRuns: 150, seed: 11 });
    assert.ok(accepted > 20, `only ${accepted} of the random agents were accepted`);
  });
}
