import type { Event, Seen, Shown } from "../../runtime/status/types.ts";

export type Report = Extract<Event, { kind: "report" }>;

/** A harness on its terminal, as it truly is: what we hear and see of it may be late, wrong or missing. */
export class FakeHarness {
  /** Reports on their way. */
  readonly reports: Report[] = [];
  /** Those that arrived in this run: a watcher that starts anew reads them again. */
  arrived: Report[] = [];
  state: "down" | "loading" | "idle" | "turn" | "dialog" | "login" = "down";
  /** The terminal shows the state of a moment ago until it is drawn. */
  drawn: Shown | null = null;
  /** By the kernel, or by a fault of its own. */
  halted: "stopped" | "hangs" | null = null;
  runBegan = 0;
  /** By the monotonic clock; null outside of turns. */
  turnBegan: number | null = null;
  #turns = 0;
  #frame = 0;

  tell(state: Report["state"], event: string, wall: number): void {
    const turn = `t${this.#turns}`;
    this.reports.push({ kind: "report", state, event, session: "s", turn, at: Math.floor(wall) });
  }

  beginTurn(now: number, wall: number): void {
    this.#turns += 1;
    this.turnBegan = now;
    this.state = "turn";
    this.tell("busy", "begins", wall);
  }

  endTurn(wall: number): void {
    this.turnBegan = null;
    this.state = "idle";
    this.tell("ready", "ends", wall);
  }

  start(now: number): void {
    this.state = "loading";
    this.drawn = null;
    this.runBegan = now;
    this.arrived = [];
  }

  end(): void {
    this.state = "down";
    this.halted = null;
    this.turnBegan = null;
  }

  draw(): void {
    if (this.halted === null) this.drawn = SHOWN[this.state];
  }

  look(began: number): Seen {
    const moves = this.halted === null && (this.drawn === "busy" || this.state === "loading");
    if (moves) this.#frame += 1;
    return {
      ...{ began, shown: this.drawn, screen: [], isLimited: false, until: null, failure: "" },
      print: `${this.drawn} ${this.#turns} ${this.#frame}`,
      isFrozen: this.halted === "stopped",
    };
  }
}

const SHOWN = {
  down: null,
  loading: null,
  idle: "ready",
  turn: "busy",
  dialog: "waiting-permission",
  login: "waiting-login",
} as const;
