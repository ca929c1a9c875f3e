import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { Manifest } from "../../../schema/manifest.ts";
import { Plan } from "../../../schema/plan.ts";
import { openLab } from "../lab.ts";

const lab = openLab();
const host = 'tests.host "demo-host"';

const read = async (path: string): Promise<string> => {
  const { ok, stdout, stderr } = await lab.run("cat", [path]);
  assert.ok(ok, stderr);
  return stdout;
};

const inStore = (path: string, what: string): void => {
  assert.match(path, /^\/nix\/store\/[a-z0-9]{32}-/, what);
};

const agents = Object.keys(
  z.record(z.string(), z.unknown()).parse(await lab.evaluate(`(${host}).plans`)),
);

for (const agent of agents) {
  test(`${agent}: the plan folder builds, and runs nothing that is not in the store`, async () => {
    const folder = await lab.build(`(${host}).folder "${agent}"`);
    const plan = Plan.parse(JSON.parse(await read(`${folder}/plan.json`)));
    inStore(plan.argv[0], "argv[0]");
    for (const directory of (plan.env["PATH"] ?? "").split(":")) inStore(directory, "PATH");
    inStore(plan.env["SHELL"] ?? "", "SHELL");
    for (const name of Object.keys(plan.env)) assert.doesNotMatch(name, /_COMMAND$/);

    const wrapper = await read(`${folder}/bin/forge-agent-${agent}`);
    const [, shell = "", launcher = ""] = /^#!(\S+).*\nexec '([^']+)'/.exec(wrapper) ?? [];
    inStore(shell, "the wrapper's interpreter");
    inStore(launcher, "the launcher");
    const program = /(?<=^|[ !(])\/[^\s"$]+\/(?:bash|chmod|cp|env|flock|jq|mkdir|mv|rm)(?= )/gm;
    const programs = (await read(launcher)).match(program) ?? [];
    assert.ok(programs.length > 10, "the launcher's programs were found");
    for (const path of programs) inStore(path, "a program of the launcher");
  });

  test(`${agent}: the unit builds, and starts the wrapper under its own user`, async () => {
    const folder = await lab.build(`(${host}).folder "${agent}"`);
    const units = await lab.build(`(${host}).units "${agent}"`);
    const unit = `forge-agent-${agent}.service`;
    const text =
      (await read(`${units}/${unit}`)) + (await read(`${units}/${unit}.d/overrides.conf`));
    assert.match(
      text,
      new RegExp(
        `^ExecStart=/nix/store/\\S+/bin/forge-on-tty ${folder}/bin/forge-agent-${agent}$`,
        "m",
      ),
    );
    assert.match(text, new RegExp(`^User=forge-a-${agent}$`, "m"));
    assert.match(text, new RegExp(`^StateDirectory=forge/${agent}$`, "m"));
    for (const line of [
      "NoNewPrivileges=true",
      "ProtectSystem=strict",
      "RestartForceExitStatus=SIGHUP",
    ])
      assert.match(text, new RegExp(`^${line}$`, "m"));
    const [limits = ""] = /^\[Unit\][^[]*/m.exec(text) ?? [];
    assert.match(limits, /^StartLimitBurst=/m, "in [Service], systemd would ignore it");
  });
}

test("a secret is named, never contained", async () => {
  const folder = await lab.build(`(${host}).folder "reviewer"`);
  const units = await lab.build(`(${host}).units "reviewer"`);
  assert.match(
    await read(`${units}/forge-agent-reviewer.service.d/overrides.conf`),
    /^LoadCredential=ANTHROPIC_API_KEY:\/run\/secrets\/anthropic-key$/m,
  );
  const { credentials } = Plan.parse(JSON.parse(await read(`${folder}/plan.json`)));
  assert.deepEqual(credentials, {
    ANTHROPIC_API_KEY: { source: "/run/secrets/anthropic-key", delivery: "env" },
  });
});

test("the manifest is one that forge reads, and names the plan folders", async () => {
  const text = await lab.evaluate(`(${host}).config.environment.etc."forge/manifest.json".text`);
  const manifest = Manifest.parse(JSON.parse(String(text)));
  assert.equal(manifest.host, "demo-host");
  assert.deepEqual(Object.keys(manifest.agents), agents);
  for (const { plan } of Object.values(manifest.agents)) inStore(plan, "the manifest's plan");
});

test("a change to one agent changes no store path of another", async () => {
  const path = (role: string) =>
    lab.evaluate(`
      let
        system = tests.system [
          (tests.fleet ${lab.tree}/tests/golden/pi/fleet.json)
          { services.forge.agents.other = { harness = "pi"; model = "m"; role = "${role}"; }; }
        ];
      in
      builtins.mapAttrs (_: instance: "\${instance.folder}") system.config.services.forge.instances`);
  const Paths = z.record(z.string(), z.string());
  const [before, after] = [Paths.parse(await path("one")), Paths.parse(await path("two"))];
  assert.notEqual(before["other"], after["other"]);
  assert.deepEqual({ ...before, other: "" }, { ...after, other: "" });
});

test("nix run .#deploy.<host> deploys this flake's host and hands flags on", async () => {
  const script = await lab.build(`
    ((import ${lab.tree}/nix/deploy.nix {
      nixpkgs = { inherit (tests) lib; };
      deploy-rs = { };
    } {
      self = { outPath = "${lab.tree}"; nixosConfigurations.demo-host = { }; };
    }).scripts (tests.pkgs // {
      deploy-rs = tests.pkgs.writeShellScriptBin "deploy" "printf '%s\\n' \\"$@\\"";
    })).demo-host`);
  const { stdout } = await lab.run(`${script}/bin/deploy-demo-host`, ["--dry-activate"]);
  assert.deepEqual(stdout.split("\n"), [
    "--skip-checks",
    `${lab.tree}#demo-host`,
    "--dry-activate",
  ]);
});

test("paths that systemd would read otherwise reach it as they are", async () => {
  const units = await lab.build(`(tests.system [ {
    services.forge.agents.odd = {
      harness = "pi";
      model = "m";
      role = "r";
      secrets.KEY.file = "/run/keys/100%";
      workspace = "/srv/my \\"100%\\" site";
    };
  } ]).units "odd"`);
  const unit = await read(`${units}/forge-agent-odd.service.d/overrides.conf`);
  assert.ok(unit.includes('ReadWritePaths="-/srv/my \\"100%%\\" site"\n'), unit);
  assert.ok(unit.includes("LoadCredential=KEY:/run/keys/100%%\n"), unit);
});

const runners = (...hosts: readonly string[]): string => `
  (import ${lab.tree}/nix/flake-agents.nix {
    self.nixosConfigurations = tests.lib.genAttrs ${JSON.stringify(hosts).replaceAll(",", " ")} (_: {
      inherit (${host}) config;
      inherit (tests) pkgs;
    });
    nixpkgs = { inherit (tests) lib; };
  } tests.pkgs)`;

test("nix run .#agent.<name> starts the agent's wrapper", async () => {
  const folder = await lab.build(`(${host}).folder "reviewer"`);
  const runner = await lab.build(`${runners("demo-host")}.reviewer`);
  const { stdout } = await lab.run("readlink", [`${runner}/bin/forge-agent-reviewer`]);
  assert.equal(stdout, `${folder}/bin/forge-agent-reviewer`);
  const program = `${runners("demo-host")}.reviewer.meta.mainProgram`;
  assert.equal(await lab.evaluate(program), "forge-agent-reviewer");
});

test("nix develop .#agent.<name> prints what it executes: credentials, workdir, env, argv", async () => {
  const folder = await lab.build(`(${host}).folder "reviewer"`);
  const { argv, env, workdir } = Plan.parse(JSON.parse(await read(`${folder}/plan.json`)));
  const printed = await lab.develop(`${runners("demo-host")}.reviewer`);
  for (const line of [
    "# ANTHROPIC_API_KEY comes from /run/secrets/anthropic-key, as its value.",
    `cd ${workdir}`,
    `  ${argv.map((argument) => (argument === "" ? "''" : argument)).join(" ")}`,
    ...Object.entries(env).map(([name, value]) => `  '${name}=${value}' \\`),
  ])
    assert.ok(printed.split("\n").includes(line), line);
});

test("an agent's name that two hosts declare takes the host's name behind it", async () => {
  const names = `builtins.attrNames ${runners("one", "two")}.reviewer`;
  assert.deepEqual(await lab.evaluate(names), ["one", "two"]);
});
