import type { PromptSummary } from "../../schema/api/bodies.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import { table } from "../table.ts";
import { ago } from "./agent-table.ts";
import type { Api } from "./api.ts";
import { askAll, findSources, type Source } from "./sources.ts";

/** The latest prompts of all these sources' agents, the latest first. */
export async function latestPrompts(
  sources: readonly Source[],
  most: number,
): Promise<{
  readonly prompts: readonly PromptSummary[];
  readonly failures: readonly ForgeError[];
}> {
  const { answers, failures } = await askAll(sources, ({ read }) => promptsOfAll(read, most));
  return { prompts: latest(answers.flat(), most), failures };
}

async function promptsOfAll(api: Api, most: number): Promise<readonly PromptSummary[]> {
  const { agents } = await api.agents();
  const lists = await Promise.all(agents.map(({ name }) => api.prompts(name, most)));
  return lists.flatMap(({ prompts }) => prompts);
}

const latest = (prompts: readonly PromptSummary[], most: number): readonly PromptSummary[] =>
  prompts.toSorted((a, b) => b.accepted - a.accepted || b.sequence - a.sequence).slice(0, most);

/** Asks every reachable API for a prompt; ids are unique. Throws PROMPT_UNKNOWN, and what the API that has it refuses. */
export async function withPrompt(
  id: string,
  ask: (source: Source) => Promise<PromptRecord>,
): Promise<PromptRecord> {
  const { answers, failures } = await askAll(await findSources(), ask);
  const [record] = answers;
  if (record) return record;
  const said = failures.find(({ code }) => code !== "PROMPT_UNKNOWN");
  if (said) throw said;
  throw new ForgeError("PROMPT_UNKNOWN", `no prompt has the id ${id}`, {
    fix: "forge prompts lists them",
  });
}

const WORDS_MOST = 60;

/** What `forge prompts` prints for people. */
export const promptTable = (prompts: readonly PromptSummary[], now: number): string =>
  table(
    {
      ID: ({ id }) => id,
      AGENT: ({ agent }) => agent,
      PHASE: ({ phase }) => phase,
      AGE: ({ accepted }) => ago(now - accepted),
      TEXT: ({ beginning }) => firstWords(beginning),
    },
    prompts,
  );

function firstWords(text: string): string {
  const words = text
    .trim()
    .slice(0, 4 * WORDS_MOST)
    .replace(/\s+/g, " ");
  return words.length <= WORDS_MOST ? words : `${words.slice(0, WORDS_MOST - 1)}…`;
}

/** What `forge prompts show` prints for people. */
export function describePrompt({ text, ...record }: PromptRecord, now: number): string {
  const time = (at: number) => new Date(at).toLocaleString("sv-SE");
  const { accepted, changed, expires, handed, finished, answer, ...rest } = record;
  const shown = {
    ...rest,
    accepted: `${time(accepted)} (${ago(now - accepted)})`,
    changed: `${time(changed)} (${ago(now - changed)})`,
    expires: expires === null ? null : time(expires),
    handed: handed === null ? null : time(handed),
    finished: finished === null ? null : time(finished),
    answer: answer === null ? null : "below the prompt",
  };
  const fields = Object.entries(shown);
  const width = Math.max(...fields.map(([name]) => name.length));
  const lines = fields.map(([name, value]) => `${name.padEnd(width)}  ${value ?? "-"}\n`);
  return [lines.join(""), text, ...(answer === null ? [] : [answer])]
    .map((part) => `${part.trimEnd()}\n`)
    .join("\n");
}
