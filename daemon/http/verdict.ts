import { ForgeError } from "../../schema/errors.ts";
import { isVerdict } from "../../schema/phases.ts";
import type { PromptRecord } from "../../schema/prompt-record.ts";
import type { Host } from "../host.ts";

/** The prompt once it has a verdict, or as it is at the signal. */
export async function untilVerdict(
  host: Host,
  id: string,
  signal: AbortSignal,
): Promise<PromptRecord> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const { promise: decided, resolve } = Promise.withResolvers<void>();
  stop.addEventListener("abort", () => resolve());
  try {
    host.events.follow((event) => {
      if (event.kind === "prompt" && event.data.id === id && isVerdict(event.data.phase)) resolve();
    }, stop);
    const now = await shown(host, id);
    if (isVerdict(now.phase) || signal.aborted) return now;
    await decided;
    return await shown(host, id);
  } finally {
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
