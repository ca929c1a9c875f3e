import type { Activity } from "../../../schema/activity-record.ts";
import type { ErrorCode } from "../../../schema/errors.ts";
import type { EndReason } from "../../../schema/lifecycle.ts";

/** How a harness ended. `lost`: no one saw, because its terminal went first. */
export type Ending =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly code: number; readonly signal: string }
  | { readonly kind: "lost"; readonly reason: string };

/** What happens to an agent under `forge up`. `--json` prints exactly these, one a line. */
export type UpEvent = { readonly agent: string } & (
  | {
      readonly kind: "started";
      readonly harness: string;
      readonly version: string;
      readonly pid: number;
    }
  | {
      readonly kind: "status";
      readonly state: Activity;
      /** What of the terminal shows it, where that tells a person more. */
      readonly screen: readonly string[];
    }
  | { readonly kind: "exited"; readonly ending: Ending; readonly cause: EndReason }
  | {
      readonly kind: "restarting";
      readonly ending: Ending;
      readonly cause: EndReason;
      readonly delay: number;
      readonly failures: number;
      readonly limit: number;
    }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** Null for what no harness had a part in. */
      readonly cause: EndReason | null;
      readonly code: ErrorCode | null;
      /** Last lines of the terminal. */
      readonly screen: readonly string[];
    }
  /** Something that a person should put right; the agent starts all the same. */
  | { readonly kind: "warning"; readonly reason: string }
  | { readonly kind: "stopping" }
  | { readonly kind: "stopped"; readonly forced: boolean }
);

export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case "code":
      return `exited ${ending.code}`;
    case "signal":
      return `killed by ${ending.signal}`;
    case "lost":
      return `lost (${ending.reason})`;
  }
}

/** What a person does about a model that does not exist, or a provider out of reach. */
export const modelFails = (agent: string, shown: string): string =>
  `a request to its model failed: "${shown}". Check agents.${agent}.model, the provider's address and the network; forge attach ${agent} shows the terminal`;

/** What people are told unasked: not the turns, but what waits for them. */
export const concernsPeople = (event: UpEvent): boolean =>
  event.kind !== "status" || /^(waiting-|rate-|stuck|unknown)/.test(event.state);

/** The event as people read it; a failure brings the end of its terminal, indented. */
export function line(event: UpEvent): string {
  return `${event.agent}: ${what(event)}`;
}

/** States that wait for a person, with what to do. */
const SAID: { readonly [state: string]: string | undefined } = {
  unknown: "shows neither that it is ready nor that it works; forge attach shows its terminal",
  stuck: "stuck: nothing has changed in its turn for a while; forge attach shows its terminal",
  "waiting-login":
    "waiting-login: the harness has no key or login, or the provider refused it. Declare its key in secrets, or log in with forge attach --take",
  "rate-limited":
    "rate-limited: its provider refuses for a while or is out of reach, and the harness tries again; forge attach shows why",
  "waiting-permission": "waiting-permission: answer it with forge attach --take",
};

function what(event: UpEvent): string {
  switch (event.kind) {
    case "started":
      return `started (${event.harness} ${event.version}, pid ${event.pid})`;
    case "status":
      return withScreen(SAID[event.state] ?? event.state, event.screen);
    case "exited":
      return describeEnding(event.ending);
    case "restarting": {
      const delay = `${Math.round(event.delay / 100) / 10} s`;
      const count = `${event.failures} of ${event.limit}`;
      return `${describeEnding(event.ending)}, restarting in ${delay} (${count})`;
    }
    case "failed":
      return withScreen(`failed: ${event.reason}`, event.screen);
    case "warning":
      return `warning: ${event.reason}`;
    case "stopping":
      return "stopping";
    case "stopped":
      return event.forced ? "killed: it did not stop in time" : "stopped";
  }
}

const withScreen = (what: string, screen: readonly string[]): string =>
  [what, ...screen.map((text) => `  | ${text}`)].join("\n");
