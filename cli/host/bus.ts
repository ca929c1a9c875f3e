import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ForgeError } from "../../schema/errors.ts";
import { type Call, decode, encode } from "./wire.ts";

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

export async function connectBus(path = SOCKET): Promise<Bus> {
  const socket = connect(path);
  const bus = new Bus(socket, path);
  try {
    await once(socket, "connect");
    await bus.login();
    return bus;
  } catch (cause) {
    bus.close();
    throw cause instanceof ForgeError ? cause : unreachable(path, cause);
  }
}

/** A connection to the system's D-Bus. */
export class Bus {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #chunks: AsyncIterator<Buffer>;
  #data: Buffer = Buffer.alloc(0);
  #made = 0;

  constructor(socket: Socket, path: string) {
    this.#socket = socket;
    this.#path = path;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async login(): Promise<void> {
    const user = Buffer.from(String(process.getuid?.())).toString("hex");
    this.#socket.write(`\0AUTH EXTERNAL ${user}\r\nBEGIN\r\n`);
    while (!this.#data.includes("\r\n")) await this.#receive();
    const answer = this.#data.toString();
    if (!answer.startsWith("OK ")) throw unreachable(this.#path, answer);
    this.#data = Buffer.alloc(0);
    await this.call([HELLO]);
  }

  /** Makes all of these calls, and waits for all of their answers. To be awaited before the next. */
  async call(calls: readonly Call[]): Promise<readonly Answer[]> {
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
      for (let message = decode(this.#data); message; message = decode(this.#data)) {
        this.#data = this.#data.subarray(message.size);
        // Else it is news that nobody asked for.
        if (message.serial < first) continue;
        if (message.kind === "error") throw unreachable(this.#path, message.values[0]);
        answers[message.serial - first] = message.values;
        received++;
      }
    }
    return answers;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #receive(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw unreachable(this.#path, "it hung up");
    this.#data = this.#data.length > 0 ? Buffer.concat([this.#data, value]) : value;
  }
}

function unreachable(path: string, cause: unknown): ForgeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ForgeError("SYSTEMD_UNREACHABLE", `systemd cannot be asked (${path}): ${why}`, {
    fix: "these commands need a host that systemd runs, with its message bus up",
    cause,
  });
}
