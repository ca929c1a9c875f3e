import { ForgeError } from "../../schema/errors.ts";
import { type Awaited, isAwaited } from "../../schema/phases.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import type { Host } from "../host.ts";

interface Limits {
  readonly until: Awaited;
  readonly ms: number;
  /** Nobody waits any more, once one of these is aborted. */
  readonly ends: readonly AbortSignal[];
}

/** The prompt once it is as awaited, or as it is when the wait ends. Nothing of the wait outlives it. */
export async function untilAwaited(
  host: Host,
  id: string,
  { until, ms, ends }: Limits,
): Promise<PromptRecord> {
  const over = new AbortController();
  const { promise: decided, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const late = setTimeout(end, ms);
  for (const signal of ends) signal.addEventListener("abort", end);
  try {
    host.events.follow((event) => {
      if (event.kind === "prompt" && event.data.id === id && isAwaited(until, event.data)) end();
    }, over.signal);
    const now = await shown(host, id);
    if (isAwaited(until, now) || ends.some(({ aborted }) => aborted)) return now;
    await decided;
    return await shown(host, id);
  } finally {
    clearTimeout(late);
    for (const signal of ends) signal.removeEventListener("abort", end);
    over.abort();
  }
}

export async function shown(host: Host, id: string): Promise<PromptRecord> {
  const [record] = await host.prompts({ kind: "show", id });
  if (record) return record;
  throw new ForgeError("PROMPT_UNKNOWN", `there is no prompt ${id}`, {
    fix: "GET /v1/agents/{name}/prompts lists them",
  });
}
