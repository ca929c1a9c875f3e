import { once } from "node:events";
import { chmod, lstat, rename, rm } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { dirname, join } from "node:path";
import { ForgeError } from "../../schema/errors.ts";

/** Of a path in `sockaddr_un`, without the final NUL. */
const PATH_MOST = 107;

/**
 * Listens at a path that nobody can open before it has its mode: the socket is made beside it, and takes its place at once.
 * A socket that nobody listens on any more is replaced. Resolves with what removes the path again.
 */
export async function listenAtPath(
  server: Server,
  path: string,
  mode: number,
): Promise<() => Promise<void>> {
  const made = join(dirname(path), `.${process.pid.toString(36)}.new`);
  if (Math.max(Buffer.byteLength(made), Buffer.byteLength(path)) > PATH_MOST)
    throw failed(path, `the path is longer than ${PATH_MOST} bytes`, "choose a shorter one");
  await refuseTaken(path);
  try {
    await rm(made, { force: true });
    server.listen(made);
    await once(server, "listening");
    await chmod(made, mode);
    const { ino } = await lstat(made);
    await rename(made, path);
    return () => removeOwn(path, ino);
  } catch (error) {
    server.close();
    await rm(made, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw failed(path, why, "see that its directory exists and belongs to this user");
  }
}

const failed = (path: string, why: string, fix: string): ForgeError =>
  new ForgeError("LISTEN_FAILED", `${path}: ${why}`, { fix });

async function refuseTaken(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return; // the usual case, or a directory that listening will complain about
  if (!found.isSocket()) throw failed(path, "there is something else than a socket", "remove it");
  if (await answers(path))
    throw failed(
      path,
      "another process listens there",
      "stop that process, or choose another path",
    );
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ECONNREFUSED" && code !== "ENOENT";
  } finally {
    socket.destroy();
  }
}

/** Only while it is the same socket: another process may have taken the place. */
async function removeOwn(path: string, ino: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.ino === ino) await rm(path, { force: true });
}
