/**
 * Paths that forge's programs on a host share, whatever their language. The generator writes them for Nix and C;
 * tests/runtime-contract.test.ts holds every other file to them. Without zod, which would slow `forge ps` down.
 */

const RUN = "/run/forge";
const ETC = "/etc/forge";

/** Files and directories of a host. Where a directory has an entry per agent, the entry has the agent's name. */
export const PATHS = {
  /** The manifest: the agents that the host's configuration declares. */
  manifest: `${ETC}/manifest.json`,
  /** Names of the declared agents, one a line. */
  names: `${ETC}/agents`,
  /** What makes a tmux server of a person show agents, the configuration of such a server, and its sessions. */
  tmux: `${ETC}/tmux.conf`,
  server: `${ETC}/server.conf`,
  sessions: `${ETC}/sessions.conf`,
  /** A directory per agent, which the agent owns: `events` and `status`. */
  agents: `${RUN}/agents`,
  /** A directory per agent with what was seen on its terminal: `status`. */
  seen: `${RUN}/seen`,
  /** A directory per agent with its terminal's server, which belongs to forge-tty: `sock` and `held`. */
  terminals: `${RUN}/tty`,
  /** A link per agent to the terminal that its unit opens. Only root writes here. */
  given: `${RUN}/given`,
  /** The file systems of agents that have little left, one a line. */
  lowDisks: `${RUN}/disk/low`,
  /** A directory per agent: the file system of its tools' terminals. */
  pts: `${RUN}/pts`,
  /** Sockets that agents cannot reach. */
  doors: `${RUN}/doors`,
  /** Where root's programs ask about an agent's terminal. */
  terminalsSocket: `${RUN}/doors/terminals.sock`,
  /** Where forged has commands carried out at agents' terminals. */
  typingSocket: `${RUN}/doors/typing.sock`,
  /** Where forge's programs tell what the journal is to have of an agent's life. */
  journalSocket: `${RUN}/doors/journal.sock`,
  /** Links to the sockets for viewing a terminal and for typing into it. */
  view: `${RUN}/view.sock`,
  take: `${RUN}/take.sock`,
  /** Links to the daemon's API: for operators, and for observers, who may only read. */
  api: `${RUN}/api.sock`,
  apiRead: `${RUN}/api-read.sock`,
  /** Prompts that were sent while the daemon could not be reached. Operators write here. */
  spool: "/var/spool/forge",
  /** A state directory per agent. */
  state: "/var/lib/forge",
} as const;
