import type { Source } from "../host/sources.ts";
import { closeScreen, openScreen, paint } from "../print.ts";
import type { News } from "./source.ts";
import { EMPTY, noted, screenOf, type View, withReport } from "./view.ts";

const INTERRUPT = "\x03";

/** The live view: it is painted again after news, and when the terminal's size changes. */
export interface Live extends Disposable {
  readonly tell: (news: News) => void;
}

/** Has the terminal until it is disposed of. `leave` is called when a person wants to go. */
export function openLive(sources: readonly Source[], leave: () => void): Live {
  let view: View = EMPTY;
  let isDue = false;
  let isOver = false;
  const draw = () => {
    isDue = false;
    const { columns: width = 80, rows: height = 24 } = process.stdout;
    if (!isOver) paint(screenOf(view, Date.now(), { width, height }));
  };
  const change = (next: View) => {
    view = next;
    if (!isDue) setImmediate(draw);
    isDue = true;
  };
  const asks = asker(sources, (fleet, report) => change(withReport(view, fleet, report)));
  const closeKeys = onKeys((key) => (key === "q" || key === INTERRUPT) && leave());
  const resized = () => change(view);
  process.stdout.on("resize", resized);
  openScreen();
  change(view);
  return {
    tell: (news) => {
      change(noted(view, news));
      // How many prompts and turns there are is asked: an event tells of one only.
      if (news.kind === "event" && news.event.kind !== "status") asks(news.fleet, news.event.agent);
    },
    [Symbol.dispose]: () => {
      isOver = true;
      process.stdout.off("resize", resized);
      closeKeys();
      closeScreen();
    },
  };
}

type Told = (fleet: string | null, report: Parameters<typeof withReport>[2]) => void;

/** Asks for an agent; one question at a time, and one more if it was to be asked meanwhile. */
function asker(sources: readonly Source[], told: Told) {
  const asking = new Map<string, "once" | "again">();
  const ask = (fleet: string | null, agent: string): void => {
    const key = JSON.stringify([fleet, agent]);
    const isAsking = asking.has(key);
    asking.set(key, isAsking ? "again" : "once");
    if (isAsking) return;
    const source = sources.find((one) => (one.fleet?.fleet ?? null) === fleet);
    source?.read
      .agent(agent)
      .then((report) => told(fleet, report))
      .catch(() => {}) // the stream of events tells that the source is gone
      .finally(() => {
        const isAgain = asking.get(key) === "again";
        asking.delete(key);
        if (isAgain) ask(fleet, agent);
      });
  };
  return ask;
}

/** Calls back with what is typed, until the returned function is called. */
function onKeys(typed: (key: string) => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const take = (data: Buffer) => {
    for (const key of data.toString()) typed(key);
  };
  stdin.setRawMode(true).on("data", take).resume();
  return () => void stdin.off("data", take).setRawMode(false).pause();
}
