import type { Terminal as Signs } from "../../../schema/plan.ts";
import type { Clock } from "../../clock.ts";
import { isReady, type Look } from "./signs.ts";
import { commands, type Tmux } from "./tmux.ts";

export interface Patience {
  /** Milliseconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** What a program sees and types at one agent's terminal. */
export interface Terminal {
  readonly look: () => Promise<Look>;
  /** Pastes as one message and submits it. Control bytes are taken out. */
  readonly paste: (text: string) => Promise<void>;
  /** Empties the composer and types what ends the harness. */
  readonly quit: () => Promise<void>;
  readonly enter: () => Promise<void>;
  /** Types as it is, past a person's copy mode. Rejects where no harness runs. */
  readonly type: (text: string) => Promise<void>;
  /** Resolves once the terminal passes the test; rejects with what it shows when it never does. */
  readonly until: (
    test: (seen: Look) => boolean,
    what: string,
    patience?: Patience,
  ) => Promise<Look>;
  /** Resolves with the screen once it matches. */
  readonly waitFor: (pattern: RegExp, patience?: Patience) => Promise<string>;
  /** Resolves once the harness takes a prompt, by its recipe's signs. */
  readonly waitUntilReady: (patience?: Patience) => Promise<void>;
}

interface Options {
  readonly tmux: Tmux;
  readonly clock: Clock;
  readonly signs: Signs;
}

const LOOK_EVERY = 50;
/** Milliseconds that a harness has to draw what was pasted. */
const DRAWN = 2000;

/** ESC could end the paste and act on the harness; only line breaks and tabs remain. */
export const withoutControls = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");

export function terminalOf({ tmux, clock, signs }: Options): Terminal {
  const look = () => lookAt(tmux);
  const until: Terminal["until"] = async (test, what, { timeout = 30_000, signal } = {}) => {
    const deadline = clock.now() + timeout;
    for (;;) {
      const seen = await look();
      if (test(seen)) return seen;
      if (clock.now() > deadline) {
        const within = `within ${timeout / 1000} s`;
        throw new Error(`no ${what} ${within}; the terminal shows:\n${seen.screen}`);
      }
      await clock.sleep(LOOK_EVERY, signal);
    }
  };
  // Not send-keys: that would go to the copy mode of a person who scrolls.
  const type = (text: string, keys: readonly string[] = []) =>
    deliver(tmux, { how: "-r", keys, fill: ["set-buffer", "-b", BUFFER, "--", text] });
  const submit = async () => {
    await clock.sleep(signs.submitDelay);
    await type("\r");
  };
  return {
    look,
    until,
    paste: async (text) => {
      const { screen } = await look();
      await deliver(
        tmux,
        { how: "-p", fill: ["load-buffer", "-b", BUFFER, "-"] },
        withoutControls(text),
      );
      // One that is busy reads an early Enter together with the text, and may take it for a part of that.
      const isDrawn = (seen: Look) => seen.screen !== screen;
      await until(isDrawn, "text", { timeout: DRAWN }).catch(() => {}); // it may draw nothing
      await submit();
    },
    quit: async () => {
      await type(signs.quit, signs.clear);
      await submit();
    },
    enter: () => type("\r"),
    type: (text) => type(text),
    waitFor: async (pattern, patience) =>
      (await until(({ screen }) => pattern.test(screen), String(pattern), patience)).screen,
    waitUntilReady: async (patience) => {
      await until((seen) => isReady(seen, signs), "sign of readiness", patience);
    },
  };
}

async function lookAt(tmux: Tmux): Promise<Look> {
  const both = commands(
    ["display-message", "-p", "-t", "agent:", "#{pane_title}"],
    ["capture-pane", "-p", "-J", "-t", "agent:"],
  );
  const [title = "", ...lines] = (await tmux.run(both)).split("\n");
  return {
    title,
    screen: lines
      .map((text) => text.trimEnd())
      .join("\n")
      .trimEnd(),
  };
}

const BUFFER = "forge";

interface Delivery {
  readonly how: "-p" | "-r";
  /** Keys that go before it, as tmux names them. */
  readonly keys?: readonly string[];
  /** Command that fills the buffer. */
  readonly fill: readonly string[];
}

/**
 * Fills the buffer and pastes it: `-p` in brackets where the program asked for those, `-r` as it is.
 * tmux 3.3 crashes when it pastes into a pane whose program has ended.
 */
async function deliver(tmux: Tmux, { how, keys = [], fill }: Delivery, input?: string) {
  const clear = keys.length > 0 ? `send-keys -t agent: ${keys.join(" ")} ; ` : "";
  const paste = `${clear}paste-buffer ${how} -d -b ${BUFFER} -t agent:`;
  const alive = [
    "if-shell",
    "-F",
    "-t",
    "agent:",
    "#{pane_dead}",
    "display-message -p dead",
    paste,
  ];
  const said = await tmux.run(commands(fill, alive), input);
  if (said !== "") throw new Error("no harness runs in this terminal");
}
