import * as z from "zod";
import { ForgeError } from "../../schema/errors.ts";

/** The first descriptor that systemd hands over (sd_listen_fds). */
const FIRST = 3;

const Handed = z.object({
  LISTEN_PID: z.coerce.number().int(),
  LISTEN_FDS: z.coerce.number().int().min(0).max(64),
  LISTEN_FDNAMES: z.string().default(""),
});

/** The listening sockets that systemd gave this process, by the names of `FileDescriptorName=`. */
export function inheritedSockets(
  env: { readonly [name: string]: string | undefined },
  pid: number,
): ReadonlyMap<string, readonly number[]> {
  const sockets = new Map<string, readonly number[]>();
  if (env["LISTEN_FDS"] === undefined) return sockets;
  const handed = Handed.safeParse(env);
  if (!handed.success) {
    throw new ForgeError("LISTEN_FAILED", "LISTEN_PID or LISTEN_FDS is not a number", {
      fix: "leave these variables to systemd",
    });
  }
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = handed.data;
  if (LISTEN_PID !== pid) return sockets; // they are for a parent of ours
  const names = LISTEN_FDNAMES.split(":");
  for (let index = 0; index < LISTEN_FDS; index++) {
    const name = names[index] || "unknown";
    sockets.set(name, [...(sockets.get(name) ?? []), FIRST + index]);
  }
  return sockets;
}
