import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { HARNESSES } from "../../harnesses/registry.ts";
import packageJson from "../../package.json" with { type: "json" };
import { ForgeError } from "../../schema/errors.ts";
import { type Choice, chooseHarness } from "../init/choose-harness.ts";
import { type Answers, FIRST_AGENT, firstFleet } from "../init/first-fleet.ts";
import { print } from "../print.ts";
import { installing } from "../up/find-harness.ts";

interface Flags {
  readonly harness?: string;
  readonly stub?: true;
  readonly key?: string;
}

export const initCommand = (): Command =>
  new Command("init")
    .description("Write a first fleet file, with one agent")
    .argument("[fleet]", "file to write; it must not exist", "fleet.ts")
    .option("--harness <name>", "harness of the agent (default: one that is installed)")
    .addOption(
      new Option("--key <file>", "file that holds the provider's API key").conflicts("stub"),
    )
    .option("--stub", "let a stub on loopback answer in place of the model: no key, no network")
    .action(init);

async function init(file: string, { harness: asked, stub, key }: Flags): Promise<void> {
  const path = resolve(file);
  const projects = [dirname(path)];
  const choice = await chooseHarness(HARNESSES, asked, {
    projects,
    path: process.env["PATH"] ?? "",
  });
  await writeNew(path, firstFleet(choice.harness, answersOf(stub, key)));
  print(whatNext(file, path, choice));
}

function answersOf(stub: true | undefined, key: string | undefined): Answers {
  if (stub) return { kind: "stub" };
  return key === undefined ? { kind: "login" } : { kind: "key", file: resolve(key) };
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const why = exists ? "it exists already" : String(cause);
    throw new ForgeError("OUTPUT_UNWRITABLE", `${path}: ${why}`, {
      fix: exists
        ? `forge up ${basename(path)} runs it; or name another file`
        : "name another file",
      cause,
    });
  }
}

function whatNext(file: string, path: string, { harness, program, others }: Choice): string {
  const forge = callOf(dirname(path));
  const argument = file === "fleet.ts" ? "" : ` ${file}`;
  const version = program ? ` ${program.version}` : "";
  const also = others.length > 0 ? ` (installed, too: ${others.join(", ")})` : "";
  const steps = [
    ...(program ? [] : [[installing(harness), "installs the harness"]]),
    [`${forge} up${argument}`, "runs it until Ctrl-C"],
    [
      `${forge} attach --take ${FIRST_AGENT}`,
      "in another terminal: watch it and type (Ctrl-b d leaves)",
    ],
  ];
  const width = Math.max(...steps.map(([command = ""]) => command.length));
  return [
    `wrote ${file}: the agent ${FIRST_AGENT}, in ${harness.name}${version}${also}`,
    ...steps.map(([command = "", does]) => `  ${command.padEnd(width)}   ${does}`),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** How a person calls this program there. */
function callOf(folder: string): string {
  if (process.env["npm_command"] !== "exec") return "forge";
  const parents = (at: string): string[] =>
    dirname(at) === at ? [at] : [at, ...parents(dirname(at))];
  const isInstalled = parents(folder).some((at) =>
    existsSync(join(at, "node_modules", packageJson.name)),
  );
  return isInstalled ? "npx forge" : `npx ${packageJson.name}`;
}
