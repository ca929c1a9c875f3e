import * as z from "zod";
import { ErrorStatus, type Reply, type Turn } from "./wire.ts";

/** What the stub does with one request. */
export type Script = {
  readonly delayMs: number;
  readonly slowMs: number;
  readonly reply: Reply;
};

/** Reads a directive's argument; undefined when it makes no sense. */
type Verb = (argument: string, turn: Turn) => Partial<Script> | undefined;

const HEAD = 200;
const head = (text: string): string => [...text].slice(0, HEAD).join("");
const text = (answer: string): Partial<Script> => ({ reply: { kind: "text", text: answer } });

const Milliseconds = z.coerce.number().int().min(0).max(600_000);
const Input = z.record(z.string(), z.unknown());

const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ["say", text],
  ["role", role],
  ["tool", toolCall],
  ["error", errorReply],
  ["delay", (argument) => milliseconds(argument, (delayMs) => ({ delayMs }))],
  ["slow", (argument) => milliseconds(argument, (slowMs) => ({ slowMs }))],
]);

/** The stub's whole behaviour: the same turn always gives the same script. */
export function decide(turn: Turn): Script {
  const patches = directivesIn(turn);
  const script: Script = Object.assign(
    { delayMs: 0, slowMs: 0, reply: { kind: "text", text: defaultAnswer(turn) } },
    ...patches,
  );
  // A tool call is answered once: its own request still ends with the directive that asked for it.
  if (turn.toolResult === undefined || script.reply.kind === "error") return script;
  return { ...script, reply: { kind: "text", text: `tool said: ${head(turn.toolResult)}` } };
}

function defaultAnswer({ model, userText }: Turn): string {
  return `stub(${model}): ${head(userText)}`;
}

function directivesIn(turn: Turn): ReadonlyArray<Partial<Script>> {
  const patches: Partial<Script>[] = [];
  let from = 0;
  for (const { index, 0: opening, 1: name = "" } of turn.userText.matchAll(/\[\[([a-z]+)/g)) {
    const verb = verbs.get(name);
    if (verb === undefined || index < from) continue;
    const found = readArgument(verb, turn, index + opening.length);
    patches.push(found?.patch ?? text(`stub: cannot read the directive [[${name}]]`));
    from = found?.end ?? index;
  }
  return patches;
}

// JSON may itself contain "]]", so the directive ends at the first "]]" that makes sense of it.
function readArgument(verb: Verb, turn: Turn, start: number) {
  const { userText } = turn;
  for (let end = userText.indexOf("]]", start); end >= 0; end = userText.indexOf("]]", end + 1)) {
    const patch = verb(userText.slice(start, end).trim(), turn);
    if (patch !== undefined) return { patch, end: end + 2 };
  }
  return undefined;
}

function role(argument: string, { system }: Turn): Partial<Script> {
  const start = argument === "" ? 0 : system.indexOf(argument);
  return text(start < 0 ? `stub: no ${argument} in the role` : head(system.slice(start)));
}

function toolCall(argument: string, { tools }: Turn): Partial<Script> | undefined {
  const [, name, json] = /^(\S+)\s+(.+)$/s.exec(argument) ?? [];
  const input = Input.safeParse(parseJson(json));
  if (name === undefined || !input.success) return undefined;
  // Harnesses send side requests (titles, summaries) with the same text but without tools. A tool
  // that is merely not listed is called all the same: some harnesses list theirs on demand.
  if (tools.length === 0) return text("stub: no tools on offer");
  return { reply: { kind: "tool", name, input: input.data } };
}

function errorReply(argument: string): Partial<Script> | undefined {
  const status = ErrorStatus.safeParse(Number(argument));
  return status.success ? { reply: { kind: "error", status: status.data } } : undefined;
}

function milliseconds(argument: string, patch: (ms: number) => Partial<Script>) {
  const ms = Milliseconds.safeParse(argument === "" ? undefined : argument);
  return ms.success ? patch(ms.data) : undefined;
}

function parseJson(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? "");
  } catch {
    return undefined; // not JSON yet: the caller tries a later end
  }
}
