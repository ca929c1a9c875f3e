import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import * as z from "zod";
import { commandsOf, filesOf, type Part, page, parts } from "../../nixos-page.ts";
import { repository } from "../find.ts";
import { openLab } from "../lab.ts";

/** docs/nixos.md, as printed: every part is a flake whose system evaluates. */
const lab = openLab();
const root = await mkdtemp("/tmp/forge-page-");
after(() => rm(root, { recursive: true }));

const withFiles = parts.filter((part) => Object.keys(filesOf(part)).length > 0);
const folderOf = ({ title }: Part): string => join(root, title.replaceAll(" ", "-"));

const inputs = Object.entries(lab.sources).flatMap(([input, source]) => [
  ...["--override-input", input === "nixpkgs" ? input : `forge/${input}`, `path:${source}`],
]);

/** What `nixos-generate-config` of that nixpkgs writes, for a machine with UEFI. */
async function writeMachine(folder: string): Promise<void> {
  const template = z
    .string()
    .parse(
      await lab.evaluate("(tests.system [ ]).config.system.nixos-generate-config.configuration"),
    );
  const text = template.replaceAll(/^\s*\$\w+$/gm, "").replaceAll(/\\([@$\\])/g, "$1");
  await writeFile(join(folder, "configuration.nix"), text);
  const hardware = "deployments/demo-host/hardware-configuration.nix";
  await cp(join(repository, hardware), join(folder, "hardware-configuration.nix"));
}

/** Each part keeps the files of the one before it, unless it replaces them. */
async function writeParts(): Promise<void> {
  let before: string | undefined;
  for (const part of withFiles) {
    const folder = folderOf(part);
    if (before === undefined) {
      await mkdir(folder);
      await writeMachine(folder);
    } else await cp(before, folder, { recursive: true });
    for (const [file, text] of Object.entries(filesOf(part)))
      await writeFile(join(folder, file), text);
    before = folder;
  }
  // What `sops secrets.yaml` makes in the last part.
  const secrets = join(repository, "deployments/demo-host/secrets.yaml");
  await cp(secrets, join(before ?? root, "secrets.yaml"));
  for (const part of withFiles) {
    const forge = ["--override-input", "forge", `path:${lab.tree}`];
    await lab.nix(["flake", "lock", `path:${folderOf(part)}`, "--offline", ...forge, ...inputs]);
  }
}

const Machine = z.strictObject({
  drvPath: z.string(),
  features: z.array(z.string()),
  key: z.string(),
  sshKeys: z.array(z.string()),
  opened: z.array(z.string()),
});
const Evaluated = z.strictObject({
  machine: Machine,
  address: z.string(),
  runs: z.record(z.string(), z.string()),
  packages: z.record(z.string(), z.string()),
});

const names = (pattern: RegExp, text: string): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name)),
];

const quoted = (texts: readonly string[]): string =>
  `[ ${texts.map((text) => `"${text}"`).join(" ")} ]`;

async function evaluate(part: Part): Promise<z.output<typeof Evaluated>> {
  const commands = commandsOf(part);
  const host = names(/nixos-rebuild switch --flake \/etc\/nixos#(\w+)/g, page);
  assert.equal(host.length, 1);
  return Evaluated.parse(
    await lab.evaluate(`
      let
        inherit (tests) lib;
        flake = builtins.getFlake "path:${folderOf(part)}";
        inherit (flake.nixosConfigurations.${host[0]}) config;
        here = flake.legacyPackages.x86_64-linux or { };
        available = flake.inputs.nixpkgs.legacyPackages.x86_64-linux;
      in
      {
        machine = {
          inherit (config.system.build.toplevel) drvPath;
          features = config.nix.settings.experimental-features;
          key = config.services.forge.agents.triage.secrets.ANTHROPIC_API_KEY.file;
          sshKeys = config.users.users.root.openssh.authorizedKeys.keys;
          opened = map toString config.networking.firewall.allowedTCPPorts;
        };
        address = flake.deploy.nodes.${host[0]}.hostname or "";
        runs = lib.genAttrs ${quoted(names(/nix run \.#([\w.]+)/g, commands))} (
          name: (lib.getAttrFromPath (lib.splitString "." name) here).drvPath
        );
        packages = lib.genAttrs ${quoted(names(/nixpkgs#([\w-]+)/g, commands))} (
          name: available.\${name}.name
        );
      }`),
  );
}

await writeParts();

/** Evaluating a system takes seconds: each is evaluated once. */
const evaluated = new Map<Part, Promise<z.output<typeof Evaluated>>>();
const evaluatedOnce = (part: Part): Promise<z.output<typeof Evaluated>> => {
  const result = evaluated.get(part) ?? evaluate(part);
  evaluated.set(part, result);
  return result;
};

for (const part of withFiles) {
  test(`${part.title}: the files make a system, and the commands name what is there`, async () => {
    const { machine, address, runs, packages } = await evaluatedOnce(part);
    assert.match(machine.drvPath, /\.drv$/);
    assert.deepEqual(machine.features.toSorted(), ["flakes", "nix-command"]);
    assert.match(page, new RegExp(`^experimental-features = ${machine.features.join(" ")}$`, "m"));
    for (const path of Object.values(runs)) assert.match(path, /\.drv$/);
    for (const [name, found] of Object.entries(packages)) assert.ok(found.startsWith(name), found);
    if (Object.keys(runs).length === 0) return;
    assert.ok(commandsOf(part).includes(`root@${address} `), `${address} is what ssh is told`);
    assert.equal(machine.sshKeys.length, 1);
    assert.ok(machine.opened.includes("22"));
  });
}

test("the agent's key is where the commands put it, then where sops-nix does", async () => {
  const [first, , last] = withFiles;
  assert.ok(first && last);
  const [key] = names(/install -m 600 \/dev\/stdin (\S+)/g, commandsOf(first));
  assert.equal((await evaluatedOnce(first)).machine.key, key);
  assert.match((await evaluatedOnce(last)).machine.key, /^\/run\/secrets\//);
});

test("the table of packages is nixpkgs'", async () => {
  const rows = [...page.matchAll(/^\| [\w-]+ \| (`[\w-]+`(?:, `[\w-]+`)*) \| (yes|no)/gm)];
  const listed = rows.map(([, packages = "", unfree]) => ({
    names: packages.replaceAll("`", "").split(", "),
    unfree: unfree === "yes",
  }));
  const all = listed.flatMap((row) => row.names);
  const unfree = await lab.evaluate(`
    let
      pkgs = import ${lab.sources["nixpkgs"]} { system = "x86_64-linux"; };
    in
    tests.lib.genAttrs ${quoted(all)} (name: pkgs.\${name}.meta.unfree)`);
  const isUnfree = z.record(z.string(), z.boolean()).parse(unfree);
  assert.equal(listed.length, 5);
  for (const row of listed)
    assert.equal(
      row.names.some((name) => isUnfree[name]),
      row.unfree,
      row.names.join(),
    );
});

test("a misnamed host of hostOutputs is refused by name", async () => {
  const part = withFiles[1] ?? assert.fail();
  const folder = join(root, "misnamed");
  await cp(folderOf(part), folder, { recursive: true });
  const flake = await readFile(join(folder, "flake.nix"), "utf8");
  for (const wrong of ["bxo", "BOX", "box2"]) {
    await writeFile(join(folder, "flake.nix"), flake.replace("nodes.box.", `nodes.${wrong}.`));
    await assert.rejects(
      lab.evaluate(`(builtins.getFlake "path:${folder}").deploy.nodes.box.hostname`),
      new RegExp(`nodes\\.${wrong}\` is no host: \`nixosConfigurations\` has box\\.`),
    );
  }
});
