import { access, constants } from "node:fs/promises";
import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import { sessionOf } from "../../runtime/supervisor/local/viewer.ts";
import { capture, handOver } from "../../runtime/supervisor/systemd/programs.ts";
import { ForgeError } from "../../schema/errors.ts";
import { PATHS } from "../../schema/host-paths.ts";

/** What each way of watching goes through, and who may. The modules make the sockets. */
const WAYS = {
  view: {
    socket: PATHS.view,
    may: "look at agents",
    groups: "forge-observers or forge-operators",
  },
  take: { socket: PATHS.take, may: "type into agents", groups: "forge-operators" },
} as const;

interface How {
  readonly take: boolean;
  readonly isTerminal: boolean;
}

/** Shows the terminal of an agent of this host in ours. */
export async function attach(agent: string, { take, isTerminal }: How): Promise<void> {
  await checkAccess(take ? WAYS.take : WAYS.view);
  checkTerminal(agent, isTerminal);
  if (take) return handOver("forge-look", [agent, "--take"]);
  const server = ["-u", "-L", "forge", "-f", PATHS.server]; // read if there is none yet
  const learn = ["source-file", "-q", PATHS.tmux]; // agents that came since it started, or that it never knew
  const watch = ["attach", "-t", `=agent-${agent}`];
  // Inside another tmux ours would refuse to nest; it is a server of its own.
  await handOver("tmux", [...server, ...learn, ";", ...watch, ...(await hint())], {
    TMUX: undefined,
  });
}

/** The same for an agent of `forge up`, which shows it on a tmux server of this user. */
export async function attachLocal(
  { viewer }: Pick<ListedFleet, "viewer">,
  agent: string,
  { take, isTerminal }: How,
): Promise<void> {
  checkTerminal(agent, isTerminal);
  const watch = ["attach", ...(take ? [] : ["-r"]), "-t", `=${sessionOf(agent)}`];
  await handOver("tmux", ["-u", "-S", viewer, ...watch, ...(await hint())], { TMUX: undefined });
}

const NESTED = "tmux in tmux: Ctrl-b Ctrl-b d leaves this agent, Ctrl-b d the outer session";

/** Inside another tmux that takes the first Ctrl-b, our status line says so for a while. */
async function hint(): Promise<readonly string[]> {
  if (process.env["TMUX"] === undefined) return [];
  const { status, stdout } = await capture("tmux", ["display-message", "-p", "#{prefix}"]);
  if (status === 0 && stdout !== "C-b") return [];
  return [";", "display-message", "-d", "10000", NESTED];
}

function checkTerminal(agent: string, isTerminal: boolean): void {
  if (isTerminal) return;
  throw new ForgeError(
    "TERMINAL_MISSING",
    "forge attach needs a terminal on standard input and output",
    { fix: `run it in a terminal (ssh -t …), or use forge logs ${agent}` },
  );
}

async function checkAccess({ socket, may, groups }: (typeof WAYS)["view" | "take"]): Promise<void> {
  const problem = await access(socket, constants.R_OK | constants.W_OK).catch(
    (error) => error.code,
  );
  if (problem === undefined) return;
  if (problem === "ENOENT") {
    throw new ForgeError("VIEW_MISSING", `this host shows no terminals: there is no ${socket}`, {
      fix: "systemctl status forge-view.socket forge-take.socket says why",
    });
  }
  throw new ForgeError("ACCESS_DENIED", `you may not ${may} on this host (${socket}: ${problem})`, {
    fix: `do it as root, or have an administrator add you to the group ${groups}, then log in again`,
  });
}
