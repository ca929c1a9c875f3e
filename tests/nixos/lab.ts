import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import type { Json } from "../../schema/json.ts";
import { type Found, repository } from "./find.ts";

const Setup = z.strictObject({
  shell: z.array(z.string()),
  /** Checkouts, as store paths: a flake takes those as they are instead of copying. */
  sources: z.record(z.string(), z.string()),
  /** The files of this repository that git knows or would add; a flake sees no others. */
  tree: z.string(),
});
type Setup = z.output<typeof Setup>;

/** Variable that hands the setup from run.ts to each file of cases/. */
export const SETUP = "FORGE_NIXOS_SETUP";

const OPTIONS = [
  ...["--extra-experimental-features", "nix-command flakes"],
  ...["--option", "substituters", "", "--option", "sandbox", "false"],
];

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nix with everything that the cases need. */
export interface Lab {
  readonly setup: Setup;
  readonly tree: string;
  readonly sources: { readonly [input: string]: string };
  /** A program where Nix and its store are. */
  run(program: string, args: readonly string[], env?: { [name: string]: string }): Promise<Outcome>;
  /** `nix <args>`; a failure throws with its message. */
  nix(args: readonly string[]): Promise<string>;
  /** `nix <args>` on the flake, with its inputs taken from the checkouts. */
  flake(args: readonly string[]): Promise<string>;
  /** The value of an expression over `tests`: tests/nixos/default.nix. */
  evaluate(expression: string): Promise<Json>;
  /** The store path that an expression over `tests` builds. */
  build(expression: string): Promise<string>;
  /** What `nix develop` prints on entering what an expression over `tests` gives. */
  develop(expression: string): Promise<string>;
}

/** An expression over `tests`. Also what a person can paste after `nix eval --impure --expr`. */
export const overTests = ({ sources, tree }: Setup, expression: string): string => `
  let
    tests = import ${tree}/tests/nixos {
      nixpkgs = ${sources["nixpkgs"]};
      sops-nix = ${sources["sops-nix"]};
      node = "${process.execPath}";
    };
  in
  ${expression}`;

export function openLab(setup: Setup = Setup.parse(JSON.parse(process.env[SETUP] ?? "null"))): Lab {
  const { shell, sources, tree } = setup;
  const run: Lab["run"] = async (program, args, env = {}) => {
    const [first = "", ...rest] = [...shell, program, ...args];
    const result = await execa(first, rest, { reject: false, cwd: "/", env, maxBuffer: 2 ** 30 });
    return { ok: !result.failed, stdout: result.stdout, stderr: result.stderr };
  };
  const nix: Lab["nix"] = async (args) => {
    const { ok, stdout, stderr } = await run("nix", [...OPTIONS, ...args]);
    if (!ok) throw new Error(`nix ${args.join(" ")}\n${stderr}`);
    return stdout;
  };
  const overrides = Object.entries(sources).flatMap(([input, source]) => [
    ...["--override-input", input, `path:${source}`],
  ]);
  const expressionArgs = (expression: string) => [
    ...["--impure", "--expr", overTests(setup, expression)],
  ];
  return {
    setup,
    tree,
    sources,
    run,
    nix,
    flake: (args) => nix([...args, "--offline", "--no-write-lock-file", ...overrides]),
    evaluate: async (expression) =>
      JSON.parse(await nix(["eval", "--json", ...expressionArgs(expression)])),
    develop: (expression) =>
      nix(["develop", "--offline", ...expressionArgs(expression), "--command", "true"]),
    build: async (expression) =>
      (
        await nix(["build", "--no-link", "--print-out-paths", ...expressionArgs(expression)])
      ).trim(),
  };
}

/** Expression for the files of the machine that tests/lab boots. */
export const labHost = (tree: string): string => `
  (tests.system [
    (tests.fleet ${tree}/tests/lab/fleet.json)
    ${tree}/tests/lab/host.nix
    ${tree}/tests/lab/machine.nix
  ]).config.lab.machine`;

/** Copies the repository as a flake would see it, and puts the checkouts into the store. */
export async function prepare({ shell, checkouts }: Found): Promise<Setup> {
  const tree = await mkdtemp("/tmp/forge-nixos-");
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await execa("git", list, { cwd: repository });
  const files = stdout.split("\0").filter((file) => file && existsSync(join(repository, file)));
  await execa("cp", ["--parents", "--no-dereference", "-t", tree, "--", ...files], {
    cwd: repository,
  });
  const lab = openLab({ shell: [...shell], sources: {}, tree });
  const sources: { [input: string]: string } = {};
  for (const [input, path] of Object.entries(checkouts)) {
    sources[input] = (await lab.nix(["store", "add", "--name", "source", path])).trim();
  }
  return { shell: [...shell], sources, tree };
}
