import type { AgentOnHost } from "../../../schema/command-output.ts";
import type { Clock } from "../../clock.ts";
import { readAgents } from "./agents.ts";
import { Bus } from "./bus.ts";

interface Watching {
  readonly clock: Clock;
  /** Gets all agents of the host: at once, and after each change of one of their units. */
  readonly tell: (agents: readonly AgentOnHost[]) => void;
  /** Gets why systemd cannot be asked, once for each time. */
  readonly fail: (error: unknown) => void;
  readonly signal: AbortSignal;
}

const UNITS = "/org/freedesktop/systemd1/unit";
/** As systemd writes the beginning of the name of an agent's unit in an object's path. */
const OURS = `${UNITS}/forge_2dagent_2d`;
/** A start is a dozen changes. Milliseconds. */
const TOGETHER = 50;
const AGAIN = 1000;

/** Follows the units of this host's agents, until the signal. */
export async function watchAgents(watching: Watching): Promise<void> {
  const { clock, fail, signal } = watching;
  while (!signal.aborted) {
    await follow(watching).catch((error: unknown) => {
      if (!signal.aborted) fail(error);
    });
    await clock.sleep(AGAIN, signal).catch(() => {}); // over
  }
}

async function follow({ clock, tell, signal }: Watching): Promise<void> {
  const bus = new Bus();
  const close = () => bus.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    await bus.call(SUBSCRIBE);
    let isDue = false;
    /** One after the other: an older answer must not come after a newer one. */
    let reading = readAgents().then(tell);
    const read = () => {
      isDue = false;
      reading = reading.then(readAgents).then(tell);
      return reading;
    };
    await reading;
    for await (const path of bus.signals()) {
      if (isDue || !path.startsWith(OURS)) continue;
      isDue = true;
      void clock.sleep(TOGETHER, signal).then(read).catch(close); // asked again by a new connection
    }
  } finally {
    signal.removeEventListener("abort", close);
    bus.close();
  }
}

const SUBSCRIBE = [
  {
    destination: "org.freedesktop.systemd1",
    path: "/org/freedesktop/systemd1",
    interface: "org.freedesktop.systemd1.Manager",
    member: "Subscribe",
    args: [],
  },
  {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    member: "AddMatch",
    args: [
      `type='signal',sender='org.freedesktop.systemd1',path_namespace='${UNITS}',member='PropertiesChanged'`,
    ],
  },
];
