import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { Role } from "../../schema/api/operations.ts";
import { ForgeError } from "../../schema/errors.ts";
import type { Tokens } from "./tokens.ts";

/** What whoever sends these headers may do. Throws for those who may not even ask. */
export type Access = (headers: IncomingHttpHeaders) => Role;

/** Everyone who reaches it has this role: whoever may open a socket, by its mode. */
export const everyone =
  (role: Role): Access =>
  () =>
    role;

export interface WebAccess {
  readonly tokens: Tokens;
  /** Names of this host that requests may be for, beside literal addresses and localhost. */
  readonly names: readonly string[];
  /** Of pages whose scripts may ask. */
  readonly origins: readonly string[];
}

/** For a port: a token decides. A page in a browser that reaches the port is told nothing, whatever name it goes by. */
export const byToken =
  ({ tokens, names, origins }: WebAccess): Access =>
  ({ host = "", origin, authorization }) => {
    if (!isOwnName(host, names)) {
      throw new ForgeError("HOST_REFUSED", `Host: ${host} is no name of this host`, {
        fix: "ask for its address, or list the name in the configuration",
      });
    }
    if (origin !== undefined && !origins.includes(origin)) {
      throw new ForgeError("HOST_REFUSED", `Origin: ${origin} is not listed`, {
        fix: "list the origin in the configuration if its pages may ask",
      });
    }
    const [, token = ""] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    const role = tokens.roleOf(token);
    if (role) return role;
    throw new ForgeError("TOKEN_REFUSED", "the request has no token that is known here", {
      fix: "send one of the token file, as authorization: Bearer TOKEN",
    });
  };

/** A name that somebody else's DNS resolves to this host is not one of its own (DNS rebinding). */
function isOwnName(host: string, names: readonly string[]): boolean {
  const name = host.replace(/:\d{1,5}$/, "").toLowerCase();
  const bare = name.replace(/^\[(.*)\]$/, "$1");
  const isAddress = name === bare ? isIP(name) === 4 : isIP(bare) === 6;
  return isAddress || name === "localhost" || names.some((own) => own.toLowerCase() === name);
}

/** Throws ACCESS_DENIED if one role does not include another. */
export function demand(needed: Role, has: Role): void {
  if (has === needed || has === "write") return;
  throw new ForgeError("ACCESS_DENIED", "this socket or token may read, and not write", {
    fix: "use the socket or a token for writing",
  });
}
