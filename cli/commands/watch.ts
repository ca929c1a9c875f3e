import { Command } from "commander";
import { findAgents } from "../host/agents.ts";
import { choose } from "../host/choose.ts";
import { findSources, type Source } from "../host/sources.ts";
import { print, printJson, say } from "../print.ts";
import { type News, watchSource } from "../watch/source.ts";
import { agentLine, eventLine } from "../watch/words.ts";

type Tell = (news: News) => void;

export const watchCommand = (): Command =>
  new Command("watch")
    .description("Show what agents do, as it happens (q or Ctrl-C leaves)")
    .argument("[agent...]", "names of agents; without them, all agents")
    .option("--json", "one JSON object a line: each agent as it is, then each event")
    .action(async (names: string[], { json }: { json?: true }) => {
      if (names.length > 0) choose((await findAgents()).all, names);
      const sources = await findSources();
      if (json) return follow(sources, names, printNews);
      if (!process.stdout.isTTY) return follow(sources, names, printLines);
      const { openLive } = await import("../watch/live.ts");
      const over = new AbortController();
      using live = openLive(sources, () => over.abort());
      await follow(sources, names, live.tell, over);
    });

/** Until Ctrl-C, or until no source is left. Throws if none of them answered. */
async function follow(
  sources: readonly Source[],
  names: readonly string[],
  show: Tell,
  over = new AbortController(),
): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => over.abort());
  const failed: Extract<News, { kind: "failed" }>[] = [];
  const tell = (news: News) => {
    if (news.kind === "failed") failed.push(news);
    const wanted = only(names, news);
    if (wanted) show(wanted);
  };
  await Promise.all(sources.map((source) => watchSource(source, { tell, signal: over.signal })));
  const [first] = failed;
  if (first && failed.length === sources.length) throw first.error;
}

/** What of the news is of these agents; all of it where none is named. */
function only(names: readonly string[], news: News): News | undefined {
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  if (news.kind === "agents")
    return { ...news, agents: news.agents.filter(({ name }) => isWanted(name)) };
  return news.kind !== "event" || isWanted(news.event.agent) ? news : undefined;
}

const printLines: Tell = (news) => {
  if (news.kind === "agents")
    print(news.agents.map((agent) => `${oneLine(agentLine(agent, Date.now()))}\n`).join(""));
  else if (news.kind === "event") print(`${oneLine(eventLine(news.event))}\n`);
  else sayTrouble(news);
};

const printNews: Tell = (news) => {
  const { fleet } = news;
  const put = (line: object) => printJson(`${JSON.stringify({ fleet, ...line })}\n`);
  if (news.kind === "event") put(news.event);
  else if (news.kind !== "agents") sayTrouble(news);
  else for (const data of news.agents) put({ kind: "agent", agent: data.name, data });
};

const CONNECTION = { lost: "the connection is lost", found: "it answers again" } as const;

function sayTrouble(news: Extract<News, { kind: "lost" | "found" | "failed" }>): void {
  const what = news.kind === "failed" ? news.error.message : CONNECTION[news.kind];
  say(`${news.fleet ?? "forged"}: ${what}\n`);
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");
