import { connect, type Socket } from "node:net";
import { ForgeError } from "../../../schema/errors.ts";
import { type Call, decode, encode, type Message } from "./wire.ts";

/** What a call returned. */
export type Answer = readonly unknown[];

const SOCKET = "/run/dbus/system_bus_socket";
const HELLO = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
  member: "Hello",
  args: [],
};

/** The bus refuses a client that has more than 128 calls unanswered. */
const AT_ONCE = 100;

/** A connection to the system's D-Bus. */
export class Bus {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #welcomed = false;
  #data: Buffer = Buffer.alloc(0);
  #made = 1;

  /** To be called upon at once: that is where a failure to connect shows. */
  constructor(path = SOCKET) {
    this.#path = path;
    this.#socket = connect(path);
    this.#chunks = this.#socket[Symbol.asyncIterator]();
    const user = Buffer.from(String(process.getuid?.())).toString("hex");
    // Nothing waits for the answers: a login that fails is answered before the first call.
    this.#socket.write(
      `\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n${encode(this.#made, HELLO)}`,
      "latin1",
    );
  }

  /** Makes all of these calls, and waits for all of their answers. To be awaited before the next. */
  async call(calls: readonly Call[]): Promise<readonly Answer[]> {
    try {
      return await this.#exchange(calls);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ForgeError("SYSTEMD_UNREACHABLE", `systemd cannot be asked: ${why}`, {
        fix: `this needs a host that systemd runs, with its message bus at ${this.#path}`,
        cause,
      });
    }
  }

  /** Paths of the objects that signals come of, as they come; throws once the connection is lost. No call may be made besides. */
  async *signals(): AsyncGenerator<string> {
    for (;;) {
      for (const { kind, path } of this.#messages()) if (kind === "signal") yield path;
      await this.#receive();
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Those that have arrived as a whole. */
  *#messages(): Generator<Message> {
    for (let message = decode(this.#data); message; message = decode(this.#data)) {
      this.#data = this.#data.subarray(message.size);
      yield message;
    }
  }

  async #exchange(calls: readonly Call[]): Promise<readonly Answer[]> {
    const first = this.#made + 1;
    this.#made += calls.length;
    const answers: Answer[] = [];
    let [sent, received] = [0, 0];
    while (received < calls.length) {
      const next = calls.slice(sent, received + AT_ONCE);
      const messages = next.map((call, index) => encode(first + sent + index, call));
      if (next.length > 0) this.#socket.write(messages.join(""), "latin1");
      sent += next.length;
      await this.#receive();
      for (const message of this.#messages()) {
        // Else it is the answer to the greeting, or news that nobody asked for.
        if (message.serial < first) continue;
        if (message.kind === "error") throw new Error(String(message.values[0]));
        answers[message.serial - first] = message.values;
        received++;
      }
    }
    return answers;
  }

  async #receive(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error("the message bus hung up");
    this.#data = this.#data.length > 0 ? Buffer.concat([this.#data, value]) : value;
    if (!this.#welcomed) await this.#welcome();
  }

  /** The answer to the login is a line of text. */
  async #welcome(): Promise<void> {
    const end = this.#data.indexOf("\r\n");
    if (end === -1) return this.#receive();
    const answer = this.#data.toString("latin1", 0, end);
    if (!answer.startsWith("OK ")) throw new Error(`login refused: ${answer}`);
    this.#welcomed = true;
    this.#data = this.#data.subarray(end + 2);
  }
}
