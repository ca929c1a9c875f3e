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
import { ForgeError } from "../../schema/errors.ts";
import { ask } from "./ask.ts";
import fleet from "./fleet.ts";
import { linkPrograms } from "./programs.ts";

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

const askingAt = (baseUrl: string, fleet: FleetInput): FleetInput =>
  withEach(fleet, { pi: { provider: "local", baseUrl, apiKeyVariable: null } });

const PROVIDERS = {
  stub: async (fleet, { undo }) => {
    const { url } = undo.use(await startStubModel());
    say(
      "A stub stands for the model: no network, no key. (--provider anthropic asks the real one.)",
    );
    return askingAt(url, fleet);
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
  readonly url?: string;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Asks every agent at once. Returns what was wrong, by agent. */
async function askAll(agents: readonly RunningAgent[], signal: AbortSignal) {
  const replies = agents.map(async (agent) => {
    const question = QUESTIONS[agent.name] ?? "Who are you?";
    const reply = await ask(agent, question, { signal });
    const said =
      "answer" in reply ? `answers:   ${reply.answer}` : `did not answer: ${reply.problem}`;
    say(`\n${agent.name} was asked: ${question}\n${agent.name} ${said}`);
    return "problem" in reply ? [agent.name] : [];
  });
  return (await Promise.all(replies)).flat();
}

async function demo({ once, provider, url }: Flags): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "forge-demo-")); // mode 0700
  undo.defer(() => rm(folder, { recursive: true }));
  const place = { folder, undo };
  const equipped =
    url === undefined ? await PROVIDERS[provider](fleet, place) : askingAt(url, fleet);
  const path = process.env["PATH"] ?? "";
  const node = await linkPrograms(join(folder, "bin"), process.execPath, path);
  const failed = new Set<string>();
  const start = (signal: AbortSignal) =>
    startFleet({
      fleet: equipped,
      folder: import.meta.dirname,
      state: join(folder, "state"),
      listedAs: join(import.meta.dirname, "fleet.ts"),
      tell: (event) => {
        if (concernsPeople(event)) say(line(event));
      },
      signal,
      machine: { env: process.env, cwd: process.cwd(), execPath: node },
    });
  const ended = await untilSignal(process, start, async ({ agents }, signal) => {
    for (const name of await askAll([...agents.values()], signal)) failed.add(name);
    if (once) return "done";
    const [first = ""] = agents.keys();
    say(`\nask:   npm run -s forge -- send ${first} --wait finished "What do you do?"`);
    say(howToWatch([...agents.keys()]));
    return "stay";
  });
  for (const name of ended?.failed ?? []) failed.add(name);
  if (failed.size === 0) return;
  throw new ForgeError("AGENT_FAILED", `did not answer: ${[...failed].join(", ")}`, {
    fix: "see what each agent said above",
  });
}

const command = new Command("demo")
  .description("two agents, each in its own terminal, asked one question each")
  .option("--once", "stop everything after the answers")
  .addOption(
    new Option("--provider <name>", "who answers").choices(Object.keys(PROVIDERS)).default("stub"),
  )
  .addOption(
    new Option("--url <url>", "ask a model at this URL, which has Anthropic's API").conflicts(
      "provider",
    ),
  )
  .action(demo);
try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof ForgeError)) throw error;
  process.stderr.write(`${error.report()}\n`);
  process.exitCode = 1;
}
