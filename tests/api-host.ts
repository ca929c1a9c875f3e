import type { Host } from "../daemon/host.ts";
import { openLedger } from "../daemon/ledger/ledger.ts";
import type { AgentReport } from "../schema/agent-status.ts";
import type { Action } from "../schema/api/actions.ts";
import type { HostEvent } from "../schema/api/event.ts";
import { ForgeError } from "../schema/errors.ts";
import { isVerdict, type Phase } from "../schema/phases.ts";
import type { PromptRecord } from "../schema/prompt-record.ts";

export interface SampleHost extends Host, Disposable {
  /** What agents were told to do. */
  readonly controlled: readonly (readonly [string, Action])[];
  /** Gives a prompt its next phase. */
  readonly decide: (id: string, phase: Phase) => void;
  /** Adds an event. */
  readonly finish: (agent: string, data: object) => void;
}

/** A host without processes: its prompts are in a real ledger, and nobody delivers them. */
export function sampleHost({
  names = ["ada", "bob"],
  keep = 1000,
  file = ":memory:",
} = {}): SampleHost {
  const ledger = openLedger(file, { now: Date.now });
  const log = eventLog(keep);
  const controlled: [string, Action][] = [];
  const open = (agent: string) => ledger.open(agent).length;
  const find = (id: string): PromptRecord => {
    const record = ledger.find(id);
    if (record) return record;
    throw new ForgeError("PROMPT_UNKNOWN", `there is no prompt ${id}`, { fix: "list them" });
  };
  const tell = ({ text: _, ...data }: PromptRecord) =>
    log.add({ agent: data.agent, kind: "prompt", data });
  const decide = (id: string, phase: Phase) => {
    ledger.change({ id, phase, attempt: 1 });
    ledger.finish({ id, end: null, answer: null }); // turns take no time here
    tell(find(id));
  };
  const agent = (name: string): AgentReport => {
    if (names.includes(name)) return reportOf(name, open(name));
    throw new ForgeError("AGENT_UNKNOWN", `there is no agent ${name}`, { fix: "forge ps" });
  };
  return {
    ...{ controlled, decide, agent, events: log },
    agents: () => names.map(agent),
    finish: (name, data) => log.add({ agent: name, kind: "finished", data: { ...data } }),
    control: async (name, action) => {
      if (action === "interrupt" && open(name) > 0)
        throw new ForgeError("NOT_SUPPORTED_HERE", "not with prompts", { fix: "wait" });
      controlled.push([name, action]);
    },
    prompts: async (asked) => {
      switch (asked.kind) {
        case "send": {
          const { record, isNew } = ledger.accept(asked);
          if (isNew) tell(record);
          return [record];
        }
        case "list":
          return ledger.list(asked);
        case "show":
          return [find(asked.id)];
        case "cancel":
          if (!isVerdict(find(asked.id).phase)) decide(asked.id, "cancelled");
          return [find(asked.id)];
      }
    },
    [Symbol.dispose]: () => ledger[Symbol.dispose](),
  };
}

const reportOf = (name: string, queued: number): AgentReport => ({
  ...{ name, harness: "sample", version: "1", model: "stub" },
  status: { state: "ready", since: 1, source: "harness", event: null, screen: [], until: null },
  ...{ pid: 7, memory: 1024, turns: 0, queued },
});

type Unnumbered = HostEvent extends infer E
  ? E extends HostEvent
    ? Omit<E, "id" | "at">
    : never
  : never;

function eventLog(keep: number) {
  let id = 0;
  let kept: readonly HostEvent[] = [];
  const followers = new Set<(event: HostEvent) => void>();
  return {
    last: () => id,
    after: (after: number) => {
      const first = kept[0]?.id ?? id + 1;
      return after < first - 1 ? undefined : kept.filter((event) => event.id > after);
    },
    follow: (tell: (event: HostEvent) => void, signal: AbortSignal) => {
      if (signal.aborted) return;
      followers.add(tell);
      signal.addEventListener("abort", () => followers.delete(tell));
    },
    add: (event: Unnumbered) => {
      const next: HostEvent = { ...event, id: ++id, at: Date.now() };
      kept = [...kept, next].slice(-keep);
      for (const tell of followers) tell(next);
    },
  };
}
