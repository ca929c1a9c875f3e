import { stateInWords } from "../../runtime/supervisor/systemd/unit-state.ts";
import type { AgentOnHost, Finding, UnitState } from "../../schema/command-output.ts";

const BROKEN: readonly UnitState[] = ["crashed", "oom", "killed", "failed", "masked", "missing"];

const attach = (name: string): string => `look at its terminal: forge attach ${name}`;

/** What is wrong with an agent that runs, by what it does. */
const DOING: {
  readonly [state: string]: { readonly what: string; readonly fix: (name: string) => string };
} = {
  "waiting-login": {
    what: "its harness has no key or login",
    fix: (name) => `declare its key in secrets, or log in: forge attach --take ${name}`,
  },
  "login-expired": {
    what: "its login does not work any more",
    fix: (name) => `renew its key, or log in again: forge attach --take ${name}`,
  },
  stuck: {
    what: "nothing has changed in its turn for a long time",
    fix: (name) => `${attach(name)}; forge interrupt ${name} ends the turn`,
  },
  unknown: {
    what: "its terminal shows neither that it is ready nor that it works",
    fix: attach,
  },
};

/** What is wrong with these agents. */
export const agentFindings = (agents: readonly AgentOnHost[]): readonly Finding[] =>
  agents.flatMap((agent) => {
    const { name, fleet, declared, unitState, activity, status } = agent;
    if (BROKEN.includes(unitState)) return [broken(agent)];
    const undeclared = {
      ...{ code: "undeclared", about: name, what: "it runs, but is not declared any more" },
      fix: `stop it: forge stop ${name}`,
    };
    const state = (status?.state ?? activity) || "";
    const doing = unitState === "running" ? DOING[state] : undefined;
    return [
      ...(declared || fleet !== null ? [] : [undeclared]),
      ...(doing ? [{ code: state, about: name, what: doing.what, fix: doing.fix(name) }] : []),
    ];
  });

function broken(agent: AgentOnHost): Finding {
  const { name: about, fleet, unitState } = agent;
  const what = `it is ${stateInWords(agent)}`;
  if (fleet !== null) {
    const fix = `forge logs ${about} says why; then stop forge up and start it again`;
    return { code: "AGENT_FAILED", about, what, fix };
  }
  const fixes: { readonly [state: string]: string } = {
    missing: "rebuild the system: the manifest has an agent without a unit",
    masked: `systemctl unmask forge-agent-${about}`,
  };
  const fix = fixes[unitState] ?? `forge logs ${about} says why; then: forge start ${about}`;
  return { code: "UNIT_FAILED", about, what, fix };
}
