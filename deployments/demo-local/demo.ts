import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { startFleet } from "../../cli/up/start-fleet.ts";
import { untilSignal } from "../../cli/up/until-signal.ts";
import type { FleetInput } from "../../harnesses/fleet.ts";
import { startStubModel } from "../../runtime/stub-model/server.ts";
import type { RunningAgent } from "../../runtime/supervisor/local/agent.ts";
import { concernsPeople, line } from "../../runtime/supervisor/local/events.ts";
import { howToWatch } from "../../runtime/supervisor/local/viewer.ts";
import { isReady, type Look } from "../../runtime/terminal/engine/signs.ts";
import { ForgeError } from "../../schema/errors.ts";
import fleet from "./fleet.ts";

const QUESTIONS: { readonly [agent: string]: string } = {
  reviewer: "In one sentence: what do you look at first in a change?",
  writer: "In one sentence: what belongs into a release note?",
};

interface Place {
  /** Private, and gone when the demo ends. */
  readonly folder: string;
  readonly undo: AsyncDisposableStack;
}
type Provider = (fleet: FleetInput, place: Place) => Promise<FleetInput>;

/** Gives every agent of a fleet what it needs to reach a model. */
const withEach = (
  { agents, ...rest }: FleetInput,
  more: Partial<FleetInput["agents"][string]>,
): FleetInput => ({
  ...rest,
  agents: Object.fromEntries(
    Object.entries(agents).map(([name, agent]) => [name, { ...agent, ...more }]),
  ),
});

const PROVIDERS = {
  stub: async (fleet, { undo }) => {
    const { url } = undo.use(await startStubModel());
    say(
      "A stub stands for the model: no network, no key. (--provider anthropic asks the real one.)",
    );
    return withEach(fleet, {
      environment: { STUB_KEY: "none" },
      pi: { provider: "stub", baseUrl: url, apiKeyVariable: "STUB_KEY" },
    });
  },
  anthropic: async (fleet, { folder }) => {
    const key = process.env["ANTHROPIC_API_KEY"];
    if (key === undefined || key === "") {
      throw new ForgeError("CREDENTIAL_MISSING", "--provider anthropic: no ANTHROPIC_API_KEY", {
        fix: "export the key, or leave the flag out: a stub answers then",
      });
    }
    const file = join(folder, "key");
    await writeFile(file, key, { mode: 0o600 });
    return withEach(fleet, { secrets: { ANTHROPIC_API_KEY: { file } } });
  },
} satisfies { readonly [name: string]: Provider };

interface Flags {
  readonly once?: true;
  readonly provider: keyof typeof PROVIDERS;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The lines below the question, up to the composer's frame. */
function answerTo(question: string, screen: string): string {
  const lines = screen.split("\n").map((text) => text.trim());
  const below = lines.slice(lines.indexOf(question) + 1);
  const end = below.findIndex((text) => /^─{8,}/.test(text));
  return lines.includes(question) ? below.slice(0, end).filter(Boolean).join("\n") : "";
}

async function ask({ name, plan, terminal }: RunningAgent, signal: AbortSignal): Promise<void> {
  const question = QUESTIONS[name] ?? "Who are you?";
  await terminal.waitUntilReady({ signal });
  await terminal.paste(question);
  const answered = (seen: Look) =>
    isReady(seen, plan.terminal) && answerTo(question, seen.screen) !== "";
  const { screen } = await terminal.until(answered, "answer", { timeout: 120_000, signal });
  say(`\n${name} was asked: ${question}\n${name} answers:   ${answerTo(question, screen)}`);
}

async function demo({ once, provider }: Flags): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "forge-demo-")); // mode 0700
  undo.defer(() => rm(folder, { recursive: true }));
  const equipped = await PROVIDERS[provider](fleet, { folder, undo });
  const start = (signal: AbortSignal) =>
    startFleet({
      fleet: equipped,
      folder: import.meta.dirname,
      state: join(folder, "state"),
      tell: (event) => {
        if (concernsPeople(event)) say(line(event));
      },
      signal,
      machine: { env: process.env, cwd: process.cwd(), execPath: process.execPath },
    });
  await untilSignal(process, start, async ({ agents }, signal) => {
    await Promise.all([...agents.values()].map((agent) => ask(agent, signal)));
    if (once) return "done";
    say(`\n${howToWatch([...agents.keys()])}`);
    return "stay";
  });
}

const command = new Command("demo")
  .description("two agents, each in its own terminal, asked one question each")
  .option("--once", "stop everything after the answers")
  .addOption(
    new Option("--provider <name>", "who answers").choices(Object.keys(PROVIDERS)).default("stub"),
  )
  .action(demo);
try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof ForgeError)) throw error;
  process.stderr.write(`${error.report()}\n`);
  process.exitCode = 1;
}
