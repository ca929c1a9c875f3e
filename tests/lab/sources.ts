import { globSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { execa } from "execa";
import { isScript, joinParts } from "../../runtime/render.ts";
import { repository, trixie } from "../nixos/find.ts";
import { STORE } from "./portable.ts";

/** Programs that scripts call, by the package that brings each, where that has another name. */
const PACKAGES: { readonly [program: string]: string } = {
  flock: "util-linux",
  pkill: "procps",
  sed: "gnused",
  sqlite3: "sqlite",
  systemctl: "systemd",
  "systemd-cat": "systemd",
  "systemd-run": "systemd",
};

const sources = globSync(["runtime/{disk,terminal}/**/*"], { cwd: repository });

/** Names of what nix/terminal.nix makes. */
const TERMINAL = sources.map((path) => basename(path, ".c"));

/** What a name in the store is made from: a file of this repository, or a script of runtime/scripts.json. */
export async function sourceOf(name: string): Promise<string> {
  if (isScript(name)) return name;
  const found = sources.find((path) => basename(path, ".c") === name);
  if (found === undefined) throw new Error(`${name}: tests/lab cannot make it without Nix`);
  return found;
}

/** Makes at `out` what nix/ makes of a source. */
export async function renderSource(source: string, out: string): Promise<void> {
  const name = basename(source, ".c");
  const isProgram = TERMINAL.includes(name) && [".c", ""].includes(extname(source));
  const file = isProgram ? join(out, "bin", name) : out;
  await mkdir(dirname(file), { recursive: true });
  if (extname(source) === ".c") return compile(join(repository, source), file);
  const text = isScript(source)
    ? joinParts(source)
    : await readFile(join(repository, source), "utf8");
  await writeFile(
    file,
    text.replaceAll(/@([a-z0-9_]+)@/g, (_, variable: string) => pathFor(variable)),
  );
  if (extname(source) === "") await chmod(file, 0o755);
}

const compile = async (source: string, out: string): Promise<void> => {
  const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-iquote"];
  const compiler = ["gcc", ...flags, join(repository, "runtime/terminal"), "-o", out, source];
  await execa(join(repository, "tests/nixos/in-root"), [trixie, repository, ...compiler]);
};

/** What nix/ puts in the place of a variable. */
function pathFor(variable: string): string {
  const name = variable.replaceAll("_", "-");
  if (name === "bash" || name === "shell") return `${STORE}/bash-linked/bin/bash`;
  if (name === "coreutils") return `${STORE}/coreutils-linked/bin`;
  const own = sources.map((path) => basename(path));
  if (own.includes(`${name}.bash`)) return `${STORE}/${name}.bash`;
  if (own.includes(name) || own.includes(`${name}.c`)) return `${STORE}/${name}/bin/${name}`;
  return `${STORE}/${PACKAGES[name] ?? name}-linked/bin/${name}`;
}
