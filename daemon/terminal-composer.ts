import { isReady, shows, stateShown } from "../runtime/terminal/engine/signs.ts";
import type { Terminal } from "../runtime/terminal/engine/terminal.ts";
import { commands, type Tmux } from "../runtime/terminal/engine/tmux.ts";
import type { Sign, Terminal as Signs } from "../schema/plan.ts";
import type { Composer, Handed } from "./delivery.ts";
import type { Channel, Found, Prompt } from "./prompts/types.ts";

interface Options {
  readonly tmux: Tmux;
  readonly terminal: Pick<Terminal, "look">;
  readonly signs: Signs;
  /** Shows while the composer is empty. */
  readonly empty: Sign;
  readonly channel: Channel;
  /** Whether the harness reported the beginning of a turn since then, in milliseconds since 1970. */
  readonly hasTaken: (since: number) => Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
}

/** Of a prompt that was typed: tmux keeps it with the pane, beside the process that each start of the harness has there. */
const MARK = "@forge_prompt";
const TEXT = "forge-prompt";
const ENTER = "forge-enter";

/** The composer of a harness on its terminal, reached by keys. */
export function terminalComposer(options: Options): Composer {
  const { tmux, terminal, signs, empty, channel, hasTaken, wall } = options;
  const isFree = async (): Promise<boolean> => {
    const mode = await tmux.try(["display-message", "-p", "-t", "agent:", "#{pane_in_mode}"]);
    if (!mode.ok || mode.stdout.trim() !== "0") return false;
    const seen = await terminal.look().catch(() => undefined);
    // As of a fresh start: a refusal that stays in view is of an earlier turn.
    return seen !== undefined && stateShown(seen, signs, true) === "ready" && shows(seen, empty);
  };
  /** What this process typed last: of what an earlier one typed, nobody knows the words. */
  let typed: { readonly id: string; readonly attempt: number; readonly end: string } | undefined;
  /** Whether the line of the cursor ends with the end of this very prompt: anything else may be a person's. */
  const holds = async (id: string, attempt: number): Promise<boolean> => {
    if (typed?.id !== id || typed.attempt !== attempt) return false;
    const at = await tmux.try(["display-message", "-p", "-t", "agent:", "#{cursor_y}"]);
    const seen = await terminal.look().catch(() => undefined);
    if (!at.ok || seen === undefined || !isReady(seen, signs) || shows(seen, empty)) return false;
    const line = seen.screen.split("\n")[Number(at.stdout)] ?? "";
    return line.trimEnd().endsWith(typed.end);
  };
  return {
    channel,
    isFree,
    deliver: async (prompt, attempt): Promise<Handed> => {
      if (!(await isFree())) return { outcome: "held" };
      typed = { id: prompt.id, attempt, end: endOf(prompt.text) };
      const { ok, stdout, isDoubtful } = await tmux.try(
        typing({ prompt, attempt, at: wall(), signs }),
        prompt.text,
      );
      // Where nobody knows whether it was typed, the mark and the harness tell.
      if (!ok) return { outcome: isDoubtful ? "handed-over" : "gone" };
      return { outcome: stdout === "" ? "handed-over" : "held" };
    },
    find: async (id, attempt): Promise<Found> => {
      const mark = await readMark(tmux);
      if (mark === "unknown") return "handed-over";
      if (mark === undefined) return "lost";
      const isThis = mark.id === id && mark.attempt === attempt;
      if (!isThis) return "untouched";
      if (await hasTaken(mark.at)) return "in-session";
      if (!mark.isOfThisStart) return "lost";
      return (await holds(id, attempt)) ? "in-composer" : "handed-over";
    },
    enter: async (id, attempt) => {
      if (await holds(id, attempt)) await tmux.try(commands(...enter(signs)));
    },
  };
}

/** As much of the last line as fits beside a composer's frame. */
const endOf = (text: string): string => text.trimEnd().split("\n").at(-1)?.slice(-40).trim() ?? "";

interface Typing {
  readonly prompt: Prompt;
  readonly attempt: number;
  readonly at: number;
  readonly signs: Signs;
}

/** Mark, text and Enter in one list of commands, so that none comes without the others; nothing in a pager or a dead pane. */
function typing({ prompt, attempt, at, signs }: Typing): readonly string[] {
  const mark = `set-option -F -p -t agent: ${MARK} "${prompt.id} ${attempt} ${at} #{pane_pid}"`;
  const paste = `paste-buffer -p -d -b ${TEXT} -t agent:`;
  const [fill, press] = enter(signs).map((command) => command.map(quoted).join(" "));
  return commands(
    ["load-buffer", "-b", TEXT, "-"],
    [
      "if-shell",
      "-F",
      "-t",
      "agent:",
      "#{&&:#{==:#{pane_in_mode},0},#{!=:#{pane_dead},1}}",
      `${mark} ; ${paste} ; ${fill} ; ${press}`,
      `delete-buffer -b ${TEXT} ; display-message -p held`,
    ],
  );
}

/** A harness may take an Enter that comes close behind the text for a part of it. */
const enter = ({ submitDelay }: Signs): readonly (readonly string[])[] => [
  ["set-buffer", "-b", ENTER, "\r"],
  ["run-shell", "-d", String(submitDelay / 1000), "-C", `paste-buffer -r -b ${ENTER} -t agent:`],
];

/** For a list of commands in one text: tmux reads "\r" in double quotes as it does in its configuration. */
const quoted = (word: string): string =>
  `"${word.replace(/["\\$]/g, "\\$&").replace("\r", "\\r")}"`;

interface Mark {
  readonly id: string;
  readonly attempt: number;
  readonly at: number;
  readonly isOfThisStart: boolean;
}

/** Nothing if there is no terminal, or one that has no mark: it is not the one that a prompt was typed at. */
async function readMark(tmux: Tmux): Promise<Mark | "unknown" | undefined> {
  const format = `#{${MARK}}\n#{pane_pid}`;
  const command = ["display-message", "-p", "-t", "agent:", format];
  const { ok, stdout, isDoubtful } = await tmux.try(command);
  if (!ok) return isDoubtful ? "unknown" : undefined;
  if (stdout.startsWith("\n")) return undefined;
  const [text = "", run = ""] = stdout.split("\n");
  const [id = "", attempt, at, of] = text.split(" ");
  return { id, attempt: Number(attempt), at: Number(at), isOfThisStart: of === run };
}
