import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../../runtime/supervisor/systemd/manifest.ts";
import type { Finding } from "../../schema/command-output.ts";
import { PATHS } from "../../schema/host-paths.ts";
import { lowDisks } from "../host/low-disk.ts";
import { foundBy } from "./found.ts";
import { diskFinding } from "./machine.ts";

export interface Host {
  readonly paths: { readonly [P in "manifest" | "api" | "apiRead" | "spool" | "lowDisks"]: string };
  readonly groupFile: string;
  readonly polkit: string;
  readonly user: { readonly name: string; readonly gids: readonly number[] };
  /** Whether this user may open a socket. */
  readonly mayOpen: (path: string) => boolean;
}

export const thisHost = (name: string, gids: readonly number[]): Host => ({
  ...{ paths: PATHS, groupFile: "/etc/group", polkit: "/etc/polkit-1", user: { name, gids } },
  mayOpen: (path) => may(path, constants.W_OK),
});

/** What is wrong with a host that declares agents, beyond what its agents and forged tell. */
export async function hostFindings(host: Host): Promise<readonly Finding[]> {
  const groups = groupsIn(host.groupFile);
  return [
    ...(await manifestFindings(host.paths.manifest)),
    ...socketFindings(host, groups),
    ...spoolFindings(host.paths.spool),
    ...lowDisks(host.paths.lowDisks).map(diskFinding),
    ...polkitFindings(host.polkit, groups),
  ];
}

async function manifestFindings(path: string): Promise<readonly Finding[]> {
  const { checkManifest } = await import("../../runtime/supervisor/systemd/check.ts");
  try {
    checkManifest(readManifest(path), path);
    return [];
  } catch (error) {
    return [foundBy(path, error)];
  }
}

interface Group {
  readonly gid: number;
  readonly members: readonly string[];
}
type Groups = ReadonlyMap<string, Group>;

function groupsIn(file: string): Groups {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Map(
    lines.map((line) => {
      const [name = "", , gid, members = ""] = line.split(":");
      return [name, { gid: Number(gid), members: members.split(",").filter((one) => one !== "") }];
    }),
  );
}

const ROLES = ["forge-operators", "forge-observers"] as const;

/** Nothing where a socket may be opened: whether forged then answers is asked elsewhere. */
function socketFindings({ paths, user, mayOpen }: Host, groups: Groups): readonly Finding[] {
  const sockets = [paths.api, paths.apiRead];
  if (sockets.some(mayOpen)) return [];
  const about = paths.api;
  if (!sockets.some((path) => existsSync(path))) {
    const what = "forged does not listen: its socket is not there";
    const fix = "systemctl start forged.socket, or set services.forge.daemon.enable = true";
    return [{ code: "API_UNREACHABLE", about, what, fix }];
  }
  const added = ROLES.find((role) => groups.get(role)?.members.includes(user.name));
  const isActive = user.gids.includes(groups.get(added ?? "")?.gid ?? -1);
  const what = `${user.name} may open neither ${paths.api} nor ${paths.apiRead}`;
  const fix =
    added && !isActive
      ? `log in again: ${user.name} was added to ${added} after the last login`
      : "have an administrator add you to services.forge.operators or services.forge.observers";
  return [{ code: "ACCESS_DENIED", about, what, fix }];
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Operators may read the spool; to others it tells nothing. */
function spoolFindings(folder: string): readonly Finding[] {
  if (!may(folder, constants.R_OK | constants.X_OK)) return [];
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  const waiting = names.filter((name) => name.endsWith(".json"));
  const refused = names.filter((name) => name.endsWith(".refused"));
  return [
    ...waiting.slice(0, 1).map(() => ({
      ...{ code: "spool-waiting", about: folder, what: `prompts wait in it: ${waiting.length}` },
      fix: "systemctl restart forged, and journalctl --unit forged: it takes them within seconds, or says why not",
    })),
    ...refused.map((name) => ({
      ...{ code: "spool-refused", about: join(folder, name), what: "forged refused this prompt" },
      fix: "journalctl --unit forged says why; then remove the file",
    })),
  ];
}

function polkitFindings(folder: string, groups: Groups): readonly Finding[] {
  const operators = groups.get("forge-operators")?.members ?? [];
  if (operators.length === 0 || existsSync(folder)) return [];
  const what = "it is not enabled: operators cannot start and stop agents without root";
  const fix = "set security.polkit.enable = true";
  return [{ code: "polkit-missing", about: "polkit", what, fix }];
}
