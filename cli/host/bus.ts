import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ForgeError } from "../../schema/errors.ts";
import { type Call, decode, encode } from "./wire.ts";

/** A connection to the system's D-Bus. Calls may be made all at once; they share one round of waiting. */
export interface Bus {
  call(call: Call): Promise<readonly unknown[]>;
  close(): void;
}

const SOCKET = "/run/dbus/system_bus_socket";
const DAEMON = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
};

/** The bus breaks off with a client that has more than 128 calls unanswered. */
const AT_ONCE = 100;

interface Pending {
  readonly resolve: (values: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
}

export async function connectBus(socket = SOCKET): Promise<Bus> {
  const stream = connect(socket);
  try {
    await once(stream, "connect");
  } catch (cause) {
    throw unreachable(`${socket}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  stream.write(
    `\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString("hex")}\r\nBEGIN\r\n`,
  );
  const bus = talk(stream);
  await bus.call({ ...DAEMON, member: "Hello", args: [] });
  return bus;
}

const unreachable = (why: string): ForgeError =>
  new ForgeError("SYSTEMD_UNREACHABLE", `systemd cannot be asked: ${why}`, {
    fix: "these commands need a host that systemd runs, with its message bus up",
  });

function talk(stream: Socket): Bus {
  const pending = new Map<number, Pending>();
  const waiting: (readonly [Call, Pending])[] = [];
  let serial = 0;
  let welcomed = false;
  let data: Buffer = Buffer.alloc(0);

  let planned = false;
  /** Calls made in one go leave in one write. */
  const plan = (): void => {
    if (!planned) queueMicrotask(send);
    planned = true;
  };
  const send = (): void => {
    planned = false;
    if (!welcomed) return;
    const messages = waiting.splice(0, AT_ONCE - pending.size).map(([call, answer]) => {
      serial++;
      pending.set(serial, answer);
      return encode(serial, call);
    });
    if (messages.length > 0) stream.write(messages.join(""), "latin1");
  };

  const receive = (chunk: Buffer): void => {
    data = data.length > 0 ? Buffer.concat([data, chunk]) : chunk;
    if (!welcomed) {
      const end = data.indexOf("\r\n");
      if (end === -1) return;
      const answer = data.toString("latin1", 0, end);
      if (!answer.startsWith("OK ")) return void stream.destroy(unreachable(answer));
      welcomed = true;
      data = data.subarray(end + 2);
    }
    for (let next = decode(data); next !== undefined; next = decode(data)) {
      const answer = pending.get(next.serial);
      pending.delete(next.serial);
      if (next.kind === "return") answer?.resolve(next.values);
      if (next.kind === "error") answer?.reject(unreachable(String(next.values[0])));
      data = data.subarray(next.size);
    }
    send();
  };

  let closed: Error | undefined;
  const end = (why: Error): void => {
    closed ??= why;
    for (const answer of [...pending.values(), ...waiting.map(([, one]) => one)]) {
      answer.reject(closed);
    }
    pending.clear();
    waiting.length = 0;
  };
  stream.on("data", receive);
  stream.on("error", end);
  stream.on("close", () => end(unreachable("the message bus hung up")));

  return {
    call: (call) =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) return reject(closed);
        waiting.push([call, { resolve, reject }]);
        plan();
      }),
    close: () => void stream.destroy(),
  };
}
