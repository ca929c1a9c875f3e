import { once } from "node:events";
import type { Server } from "node:http";
import type { ListenOptions } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Role } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";
import { type Access, byToken, everyone } from "./access.ts";
import { apiOf, hostService, type ServiceOptions, type Timeouts } from "./api.ts";
import type { Service } from "./routes.ts";
import { readTokens } from "./tokens.ts";
import { listenAtPath } from "./unix-socket.ts";

/** Where the API listens, and what whoever comes that way may do. */
export type Endpoint =
  | { readonly kind: "unix"; readonly path: string; readonly mode: number; readonly role: Role }
  /** A socket that systemd listens on already: see `inheritedSockets`. */
  | { readonly kind: "inherited"; readonly fd: number; readonly role: Role }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** A file, see `readTokens`. */
      readonly tokens: string;
      /** Names of this host, beside addresses and localhost. */
      readonly names: readonly string[];
      /** Of pages whose scripts may ask. */
      readonly origins: readonly string[];
    };

export interface ServeOptions extends ServiceOptions {
  readonly endpoints: readonly Endpoint[];
  readonly warn: (what: string) => void;
  readonly timeouts?: Timeouts;
  /** Connections at one time, of each endpoint. */
  readonly connections?: number;
}

export interface Serving extends AsyncDisposable {
  /** The ports of TCP endpoints, in their order. */
  readonly ports: readonly number[];
}

const CONNECTIONS = 512;
/** Milliseconds that requests have to end once the server closes. */
const GRACE = 5000;

/** Serves a host's API at all endpoints, or at none: then it throws LISTEN_FAILED or TOKENS_INVALID. */
export async function serveHost(options: ServeOptions): Promise<Serving> {
  const service = hostService(options);
  const opened: Opened[] = [];
  const close = async (): Promise<void> => {
    service[Symbol.dispose]();
    await Promise.all(opened.map(closeOne));
  };
  try {
    for (const endpoint of options.endpoints) opened.push(await open(endpoint, service, options));
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: opened.flatMap(({ app }) => portOf(app.server)), [Symbol.asyncDispose]: close };
}

interface Opened {
  readonly app: FastifyInstance;
  readonly remove: () => Promise<void>;
}

async function open(
  endpoint: Endpoint,
  service: Service,
  { warn, timeouts, connections = CONNECTIONS }: ServeOptions,
): Promise<Opened> {
  const access = await accessOf(endpoint);
  const app = apiOf({ service, access, warn, ...(timeouts ? { timeouts } : {}) });
  app.server.maxConnections = connections;
  await app.ready();
  const { server } = app;
  if (endpoint.kind === "unix")
    return { app, remove: await listenAtPath(server, endpoint.path, endpoint.mode) };
  const at = endpoint;
  const where = "fd" in at ? { fd: at.fd } : { host: at.host, port: at.port };
  await listenAt(server, where, "fd" in at ? `descriptor ${at.fd}` : `${at.host}:${at.port}`);
  return { app, remove: async () => {} };
}

async function accessOf(endpoint: Endpoint): Promise<Access> {
  if (endpoint.kind !== "tcp") return everyone(endpoint.role);
  const { names, origins } = endpoint;
  return byToken({ names, origins, tokens: await readTokens(endpoint.tokens) });
}

async function listenAt(server: Server, where: ListenOptions, shown: string): Promise<void> {
  try {
    server.listen({ ...where });
    await once(server, "listening");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ForgeError("LISTEN_FAILED", `${shown}: ${why}`, {
      fix: "choose an address of this machine and a port that nobody listens on",
      cause: error,
    });
  }
}

function portOf(server: Server): readonly number[] {
  const address = server.address();
  return typeof address === "object" && address !== null ? [address.port] : [];
}

/** Requests may end, those that take longer than the grace are cut off. */
async function closeOne({ app, remove }: Opened): Promise<void> {
  await remove();
  const late = setTimeout(() => app.server.closeAllConnections(), GRACE);
  try {
    await app.close();
  } finally {
    clearTimeout(late);
  }
}
