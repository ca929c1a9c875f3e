import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab } from "../lab.ts";

const lab = openLab();

const SYSTEM = `tests.system [
  {
    services.forge = {
      agents.own = { harness = "pi"; model = "m"; role = "r"; };
      agents.hers = {
        harness = "pi"; model = "m"; role = "r"; runAs = "alice"; useHome = true; workspace = "/home/alice/site";
      };
      agents.apart = { harness = "pi"; model = "m"; role = "r"; runAs = "alice"; };
      agents.shared = { harness = "pi"; model = "m"; role = "r"; runAs = "builder"; };
      observers = [ "bea" ];
      operators = [ "ada" ];
    };
    users.users = {
      ada.isNormalUser = true;
      alice.isNormalUser = true;
      bea.isNormalUser = true;
      builder = { isSystemUser = true; group = "builder"; };
    };
    users.groups.builder = { };
  }
]`;

const dropIn = async (agent: string): Promise<string> => {
  const units = await lab.build(`(${SYSTEM}).units "${agent}"`);
  const file = `${units}/forge-agent-${agent}.service.d/overrides.conf`;
  const { ok, stdout, stderr } = await lab.run("cat", [file]);
  assert.ok(ok, stderr);
  return stdout;
};

test("with useHome an agent lives in a person's home, and sees nothing else of it but the workspace", async () => {
  const home = "/home/alice/.local/state/forge/agents/hers";
  const unit = await dropIn("hers");
  for (const line of [
    "User=alice",
    "ProtectHome=tmpfs",
    `BindPaths="-${home}"`,
    'BindPaths="-/home/alice/.pi/agent"',
    'BindPaths="-/home/alice/site"',
    "Requires=forge-home-hers.service",
  ])
    assert.ok(unit.split("\n").includes(line), `${line}\n${unit}`);
  assert.doesNotMatch(unit, /^StateDirectory=/m);
  assert.deepEqual(
    await lab.evaluate(
      `{ inherit ((${SYSTEM}).plans.hers) links; inherit ((${SYSTEM}).plans.hers.env) HOME; }`,
    ),
    { HOME: home, links: { "pi/auth.json": "/home/alice/.pi/agent/auth.json" } },
  );
});

test("without useHome a person's agent lives where every agent does, and shares no login", async () => {
  const unit = await dropIn("apart");
  assert.match(unit, /^User=alice$/m);
  assert.match(unit, /^StateDirectory=forge\/apart$/m);
  assert.doesNotMatch(unit, /home/);
  assert.deepEqual(await lab.evaluate(`(${SYSTEM}).plans.apart.links`), {});
});

test("a shared system user's agent lives where every agent does", async () => {
  const unit = await dropIn("shared");
  assert.match(unit, /^User=builder$/m);
  assert.match(unit, /^StateDirectory=forge\/shared$/m);
  assert.doesNotMatch(unit, /^ProtectHome=/m, "the shared part closes every home");
});

test("observers may open the one socket, operators both", async () => {
  const access = await lab.evaluate(`
    let
      inherit ((${SYSTEM}).config) systemd users;
      socket = name: { inherit (systemd.sockets.\${name}.socketConfig) SocketGroup SocketMode; };
    in
    {
      view = socket "forge-view";
      take = socket "forge-take";
      observers = users.groups.forge-observers.members;
      operators = users.groups.forge-operators.members;
    }`);
  assert.deepEqual(access, {
    view: { SocketGroup: "forge-observers", SocketMode: "0660" },
    take: { SocketGroup: "forge-operators", SocketMode: "0660" },
    observers: ["bea", "ada"],
    operators: ["ada"],
  });
});

test("operators start and stop agents and nothing else, where there is polkit", async () => {
  const rules = (enable: boolean) =>
    lab.evaluate(`
      (tests.system [ { security.polkit.enable = tests.lib.mkForce ${enable}; } ])
        .config.security.polkit.extraConfig`);
  assert.match(String(await rules(true)), /forge-agent-\[a-z0-9-\]\+\\\.service\$/);
  assert.doesNotMatch(String(await rules(false)), /forge/);
});

test("every agent is a program, beside its unit", async () => {
  const units = await lab.build(`
    tests.lib.findFirst (package: package.name or "" == "forge-agent-units") null
      (${SYSTEM}).config.systemd.packages`);
  const { stdout } = await lab.run("ls", [`${units}/bin`]);
  assert.deepEqual(stdout.split("\n"), [
    "forge-agent-apart",
    "forge-agent-hers",
    "forge-agent-own",
    "forge-agent-shared",
  ]);
});
