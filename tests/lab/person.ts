import { type Machine, until } from "./machine.ts";

/** Somebody at a terminal of the machine, running one command in it. */
export interface Person extends AsyncDisposable {
  type(text: string): Promise<void>;
  /** Keys by tmux's names, such as C-]. */
  press(...keys: readonly string[]): Promise<void>;
  screen(): Promise<string>;
  sees(pattern: RegExp): Promise<string>;
  /** Every byte that the command sent to the terminal. */
  received(): Promise<string>;
  /** What programs could do to the terminal: fill its clipboard, set its title. */
  clipboard(): Promise<string>;
  title(): Promise<string>;
  /** The command's exit status, once it has ended. */
  status(): Promise<number>;
}

/** Ends the tmux of agents that `forge attach` or a login left, and with it what looks at agents for its sessions. */
export const forgetSessions = async (machine: Machine, user: string): Promise<void> =>
  void (await machine.run("tmux", ["-L", "forge", "kill-server"], { user }));

let people = 0;

/**
 * The terminal is a tmux of its own that allows everything that terminals allow, so that a sequence which
 * gets through has an effect.
 */
export async function personAt(machine: Machine, user: string, command: string): Promise<Person> {
  const server = `lab-${++people}-${process.pid}`;
  const record = `/tmp/${server}`;
  const tmux = (...args: readonly string[]) =>
    machine.bash('tmux -L "$@"', { args: [server, ...args] });
  const options = [
    ...[
      "start-server",
      ";",
      "set",
      "-s",
      "set-clipboard",
      "on",
      ";",
      "set",
      "-g",
      "status",
      "off",
      ";",
    ],
    ...["set", "-g", "allow-passthrough", "all", ";", "set", "-g", "remain-on-exit", "on", ";"],
  ];
  // Not within ours: tmux refuses to attach where a pane of an ended program has had the terminal's name.
  const asUser = `env -u TMUX ${user === "root" ? command : `runuser -u ${user} -- ${command}`}`;
  const recorded = `exec script --quiet --return --flush --command '${asUser}' ${record}`;
  const start = ["new-session", "-d", "-x", "150", "-y", "40", "-n", "at-work", recorded];
  await tmux("-f", "/dev/null", ...options, ...start);
  const screen = () => tmux("capture-pane", "-p");
  const received = async () =>
    Buffer.from(await machine.bash(`base64 ${record}`), "base64").toString();
  return {
    screen,
    type: async (text) => {
      await tmux("send-keys", "-l", "--", text);
      await tmux("send-keys", "Enter");
    },
    press: async (...keys) => void (await tmux("send-keys", ...keys)),
    sees: (pattern) =>
      until(
        `${user} sees ${pattern}`,
        async () => {
          const seen = await screen();
          return pattern.test(seen) && seen;
        },
        {
          seen: async () => `${await screen()}\n${JSON.stringify((await received()).slice(-500))}`,
        },
      ),
    received,
    clipboard: () => tmux("list-buffers"),
    title: () => tmux("display-message", "-p", "#{pane_title}"),
    status: () =>
      until(
        `the end of ${command}`,
        async () => {
          const dead = await tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}");
          return dead.startsWith("1") && { status: Number(dead.slice(2)) };
        },
        { seen: screen },
      ).then(({ status }) => status),
    [Symbol.asyncDispose]: async () => {
      await machine.run("tmux", ["-L", server, "kill-server"]);
      await machine.run("rm", ["-f", record]);
    },
  };
}
