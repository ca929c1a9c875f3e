import type { AgentReport } from "../../schema/agent-status.ts";
import type { Action } from "../../schema/api/actions.ts";
import type { AgentList, PromptList, PromptRequest } from "../../schema/api/bodies.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import { type Following, follow, type Told } from "./api-events.ts";
import { answerOf, type Call, unreachable } from "./api-request.ts";

/** The API of a daemon or of `forge up`. Every method throws a ForgeError: what the API refuses, or API_UNREACHABLE. */
export interface Api {
  readonly agents: (signal?: AbortSignal) => Promise<AgentList>;
  readonly agent: (name: string) => Promise<AgentReport>;
  readonly control: (name: string, action: Action) => Promise<AgentReport>;
  /** Without a key, a prompt whose answer was lost may have been accepted. */
  readonly send: (name: string, prompt: PromptRequest) => Promise<PromptRecord>;
  readonly prompts: (name: string, limit?: number) => Promise<PromptList>;
  readonly prompt: (id: string) => Promise<PromptRecord>;
  readonly cancel: (id: string) => Promise<PromptRecord>;
  readonly events: (following: Following) => AsyncIterable<Told>;
}

/** The API at a unix socket. Loads neither zod nor an HTTP framework, so that commands start fast. */
export function apiAt(socketPath: string): Api {
  const ask = <T extends object>(fields: readonly (string & keyof T)[], call: Call): Promise<T> =>
    checked<T>(socketPath, fields, call);
  const agent = (call: Call) => ask<AgentReport>(["name", "status"], call);
  const prompt = (call: Call) => ask<PromptRecord>(["id", "phase"], call);
  return {
    agents: (signal) => ask<AgentList>(["agents", "lastEvent"], { path: "/v1/agents", signal }),
    agent: (name) => agent({ path: ofAgent(name) }),
    control: (name, action) =>
      agent({ method: "POST", path: `${ofAgent(name)}/${action}`, silenceMs: CONTROL_MOST }),
    send: (name, body) =>
      prompt({
        ...{ method: "POST", path: `${ofAgent(name)}/prompts`, body },
        silenceMs:
          ANSWER_MOST +
          (body.wait === "verdict" || body.wait === "finished" ? (body.waitMs ?? WAIT_DEFAULT) : 0),
      }),
    prompts: (name, limit) =>
      ask<PromptList>(["prompts"], {
        path: `${ofAgent(name)}/prompts${limit === undefined ? "" : `?limit=${limit}`}`,
      }),
    prompt: (id) => prompt({ path: ofPrompt(id) }),
    cancel: (id) => prompt({ method: "DELETE", path: ofPrompt(id) }),
    events: (following) => follow(socketPath, following),
  };
}

const ANSWER_MOST = 30_000;
/** A stop waits for the harness. */
const CONTROL_MOST = 120_000;
/** `waitMs` of a prompt, in schema/api/bodies.ts. */
const WAIT_DEFAULT = 60_000;

const ofAgent = (name: string): string => `/v1/agents/${encodeURIComponent(name)}`;
const ofPrompt = (id: string): string => `/v1/prompts/${encodeURIComponent(id)}`;

/** The daemon checks what it says by its own schemas; here it only has to be an answer of this kind. */
async function checked<T extends object>(
  socketPath: string,
  fields: readonly (string & keyof T)[],
  call: Call,
): Promise<T> {
  const answer: object = await answerOf(socketPath, call);
  const isAnswer = (value: object): value is T =>
    fields.every((field) => Object.hasOwn(value, field));
  if (isAnswer(answer)) return answer;
  throw unreachable(socketPath, `${call.path} was not answered as forge does`);
}
