import { and, each, isEmpty, join, matches, not, t, when } from "./build.ts";
import type { Problem } from "./harness.ts";
import type { Bool, Items, Leaf, List, Text } from "./types.ts";

/** What the entries of a list of tools may be. Patterns are POSIX extended, and for a whole entry. */
export interface Entries {
  /** Names of the harness's tools; each is an entry. */
  readonly tools: readonly string[];
  /** Further entries, such as tools of the agent's MCP servers. */
  readonly patterns?: Items<Text>;
  /** Entries that fit one of the above, but that the harness drops, or that match no call. */
  readonly dead?: readonly string[];
  /** How an entry is written, for whoever wrote it otherwise. */
  readonly form: string;
}

/** A problem for each entry that the harness would drop or ignore: a tool that is denied so would run. */
export function strangeEntries(
  option: string,
  list: List<string>,
  { tools, patterns = [], dead = [], form }: Entries,
): List<Problem> {
  const known = t`(${join("|", [...tools.map(literally), ...patterns])})`;
  const fits = (entry: Leaf<string>): Bool => {
    const isKnown = matches(known, entry);
    return dead.length === 0 ? isKnown : and(isKnown, not(matches(`(${dead.join("|")})`, entry)));
  };
  return each(list, (entry) =>
    when(not(fits(entry)), [
      {
        option,
        problem: t`"${entry}" matches no tool of this harness`,
        fix: tools.length === 0 ? form : `${form}; the tools are ${tools.join(", ")}`,
      },
    ]),
  );
}

const literally = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A pattern for names of tools that the agent's MCP servers have: `before`, a server, `after`. Nothing without servers. */
export const ofServers = (
  servers: List<string>,
  before: string,
  after: string,
): List<Leaf<string>> => when(not(isEmpty(servers)), [t`${before}(${join("|", servers)})${after}`]);
