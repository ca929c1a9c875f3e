import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";

/** What the pane script and tmux report; `run` counts the starts of one terminal. See scripts.ts. */
export type Message =
  | {
      readonly kind: "started";
      readonly run: number;
      readonly group: number;
      readonly pid: number;
    }
  | { readonly kind: "ended"; readonly run: number; readonly code: number }
  | { readonly kind: "died"; readonly run: number };

export function parseMessage(text: string): Message | undefined {
  const [kind, ...rest] = text.split(" ");
  if (!rest.every((word) => /^[0-9]{1,15}$/.test(word))) return undefined;
  const [run, second, third, ...more] = rest.map(Number);
  if (run === undefined || more.length > 0) return undefined;
  switch (kind) {
    case "started":
      return second === undefined || third === undefined
        ? undefined
        : { kind, run, group: second, pid: third };
    case "ended":
      return second === undefined || third !== undefined ? undefined : { kind, run, code: second };
    case "died":
      return second === undefined ? { kind, run } : undefined;
    default:
      return undefined;
  }
}

/**
 * Reads a FIFO line by line until it is closed. It is opened for writing too, so that it never ends
 * when a writer goes, and no writer ever waits for us. Lines that make no sense are dropped: every
 * tool of the agent could write here, and nothing but its own fate depends on it.
 */
export function openChannel(
  fifo: string,
  listen: (message: Message) => void,
): { readonly close: () => void } {
  const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK); // the socket's from here on
  const socket = new Socket({ fd, readable: true, writable: false });
  createInterface(socket).on("line", (text) => {
    const message = parseMessage(text);
    if (message) listen(message);
  });
  return { close: () => void socket.destroy() };
}
