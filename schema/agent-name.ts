/** The rule for agents' names, in every language. Apart from schema/host-paths.ts, because plans depend on it. */

/** Agents' names become names of units (`forge-agent-<name>`) and of Linux users (`forge-a-<name>`, 31 bytes at most). */
export const AGENT_NAME = { first: "a-z", rest: "a-z0-9-", longest: 23 } as const;

export const AGENT_NAME_PATTERN = new RegExp(
  `^[${AGENT_NAME.first}][${AGENT_NAME.rest}]{0,${AGENT_NAME.longest - 1}}$`,
);
