import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab } from "../lab.ts";

/** Options of NixOS alone, as people of NixOS expect them to behave. */
const lab = openLab();

const agent = (fields: string) => `{ harness = "pi"; model = "m"; role = "r"; ${fields} }`;
const system = (forge: string, other = "") =>
  `(tests.system [ { services.forge = { ${forge} }; ${other} } ])`;

test("the host's tmux stays as it is", async () => {
  const files = await lab.evaluate(`builtins.attrNames ${system("")}.config.environment.etc`);
  assert.ok(Array.isArray(files) && files.includes("forge/tmux.conf"));
  assert.ok(!files.includes("tmux.conf"));
  const own = `programs.tmux = { enable = true; extraConfig = "set -g mouse on"; };`;
  const config = (forge: string) =>
    lab.evaluate(`${system(forge, own)}.config.environment.etc."tmux.conf".text`);
  assert.doesNotMatch(String(await config("")), /forge/);
  const asked = String(await config("configureTmux = true;"));
  assert.match(asked, /^set -g mouse on$/m);
  assert.match(asked, /source-file \/etc\/forge\/tmux\.conf/);
});

test("a tmux.conf from elsewhere is no conflict", async () => {
  const other = `environment.etc."tmux.conf".source = "/srv/tmux.conf";`;
  const source = `${system("", other)}.config.environment.etc."tmux.conf".source`;
  assert.equal(await lab.evaluate(source), "/srv/tmux.conf");
});

test("serviceConfig overrides what forge sets, and adds to its lists", async () => {
  const declared = agent(`
    secrets.KEY.file = "/run/keys/a";
    serviceConfig = {
      IPAddressDeny = "any";
      Slice = "batch.slice";
      LoadCredential = [ "OTHER:/run/keys/b" ];
      TimeoutStopSec = 60;
    };`);
  const units = await lab.build(`${system(`agents.a = ${declared};`)}.units "a"`);
  const { stdout } = await lab.run("cat", [`${units}/forge-agent-a.service.d/overrides.conf`]);
  for (const line of [
    "IPAddressDeny=any",
    "Slice=batch.slice",
    "LoadCredential=KEY:/run/keys/a",
    "LoadCredential=OTHER:/run/keys/b",
    "TimeoutStopSec=60",
  ])
    assert.ok(stdout.split("\n").includes(line), `${line}\n${stdout}`);
});

test("how much disk must be left is one setting of the host; a quota is systemd's own", async () => {
  const looks = (forge: string) =>
    lab.evaluate(`${system(forge)}.config.systemd.services.forge-disk.serviceConfig.ExecStart`);
  assert.match(String(await looks("")), /\/bin\/forge-disk 5$/);
  assert.match(String(await looks("diskLow = 20;")), /\/bin\/forge-disk 20$/);
  await assert.rejects(looks("diskLow = 101;"), /diskLow/);
  const declared = agent('serviceConfig.StateDirectoryQuota = "20G";');
  const units = await lab.build(`${system(`agents.a = ${declared};`)}.units "a"`);
  const { stdout } = await lab.run("cat", [`${units}/forge-agent-a.service.d/overrides.conf`]);
  assert.match(stdout, /^StateDirectoryQuota=20G$/m);
});

test("systemd.services overrides the same unit", async () => {
  const other = `systemd.services.forge-agent-a.serviceConfig.MemoryMax = tests.lib.mkForce "1G";`;
  const units = await lab.build(`${system(`agents.a = ${agent("")};`, other)}.units "a"`);
  const { stdout } = await lab.run("cat", [`${units}/forge-agent-a.service.d/overrides.conf`]);
  assert.match(stdout, /^MemoryMax=1G$/m);
});

test("an agent, and all of them together, have a memory limit unless the host says otherwise", async () => {
  const limits = (fields: string, other = "") => {
    const { config } = { config: `${system(`agents.a = ${agent(fields)};`, other)}.config` };
    return lab.evaluate(
      `let inherit (${config}) systemd; in [
        systemd.services.forge-agent-a.serviceConfig.MemoryMax
        systemd.slices.forge-agents.sliceConfig.MemoryMax
      ]`,
    );
  };
  assert.deepEqual(await limits(""), ["50%", "90%"]);
  const none = `systemd.slices.forge-agents.sliceConfig.MemoryMax = "infinity";`;
  assert.deepEqual(await limits("resources.memoryMax = null;", none), ["infinity", "infinity"]);
});

test("plan and finalPackage show what forge makes of an agent", async () => {
  const both = system(`agents.a = ${agent("")}; agents.off = ${agent("enable = false;")};`);
  const seen = await lab.evaluate(`
    let inherit (${both}.config.services.forge) agents instances; in {
      plan = agents.a.plan == instances.a.plan;
      package = "\${agents.a.finalPackage}" == "\${instances.a.folder}";
      name = agents.a.plan.agent;
      off = [ agents.off.plan agents.off.finalPackage ];
    }`);
  assert.deepEqual(seen, { plan: true, package: true, name: "a", off: [null, null] });
});

test("role is text, several texts, or a file", async () => {
  const role = (value: string) => {
    const declared = `{ harness = "claude-code"; model = "m"; role = ${value}; }`;
    return lab.evaluate(`${system(`agents.a = ${declared};`)}.plans.a.files."config/role.md".text`);
  };
  assert.equal(await role('"/review takes a diff"'), "/review takes a diff\n");
  assert.equal(await role('tests.lib.mkMerge [ "one" "two" ]'), "one\ntwo\n");
  const file = `${lab.tree}/deployments/demo-host/skills/review/SKILL.md`;
  const { stdout } = await lab.run("cat", [file]);
  assert.match(stdout, /review/);
  for (const path of [file, `"\${${file}}"`])
    assert.equal(String(await role(path)).trimEnd(), stdout.trimEnd(), path);
});

test("services.forge.tools is still understood, with a warning", async () => {
  const old = system(
    `tools = tests.lib.mkForce [ tests.pkgs.coreutils ]; agents.a = ${agent("")};`,
  );
  const [path, warnings] = (await lab.evaluate(
    `let inherit (${old}) config plans; in [ plans.a.env.PATH (toString config.warnings) ]`,
  )) as readonly string[];
  assert.match(path ?? "", /^\/nix\/store\/[^:]*coreutils[^:]*\/bin$/);
  assert.match(
    warnings ?? "",
    /`services\.forge\.tools' .* renamed to `services\.forge\.defaultPackages'/,
  );
});

test("settings take what JSON can say, from several modules", async () => {
  const merged = await lab.evaluate(`(tests.system [
    { services.forge.agents.a = ${agent("pi.settings = { a.b = 1; list = [ 1 ]; };")}; }
    { services.forge.agents.a.pi.settings = { a.c = null; list = [ ]; }; }
  ]).config.services.forge.agents.a.pi.settings`);
  assert.deepEqual(merged, { a: { b: 1, c: null }, list: [1] });
});

test("a workspace and further paths may be written, where they exist; the Nix daemon is closed unless asked for", async () => {
  const dropIn = async (fields: string) => {
    const units = await lab.build(`${system(`agents.a = ${agent(fields)};`)}.units "a"`);
    const { stdout } = await lab.run("cat", [`${units}/forge-agent-a.service.d/overrides.conf`]);
    return stdout.split("\n");
  };
  const lines = await dropIn(`
    workspace = "/srv/site";
    writablePaths = [ "/srv/site.git" "/home/alice/it's" ];
    nix = true;`);
  for (const line of [
    'ReadWritePaths="-/srv/site"',
    'ReadWritePaths="-/srv/site.git"',
    'BindPaths="-/home/alice/it\'s"',
    "ProtectHome=tmpfs",
    "InaccessiblePaths=",
  ])
    assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`);
  assert.ok(!(await dropIn("")).some((line) => /^(InaccessiblePaths|ReadWritePaths)=/.test(line)));
});
