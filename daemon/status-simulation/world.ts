import { initial, nextTick, statusOf, step } from "../../runtime/status/step.ts";
import type { Agent, Effect, Event, Now, Step, Supervised } from "../../runtime/status/types.ts";
import type { State } from "../../schema/agent-status.ts";
import { type Random, randomOf } from "../simulation/random.ts";
import { FakeHarness } from "./harness.ts";

/** What decides, so that a test can plant a mistake. */
export type Core = (agent: Agent, event: Event, now: Now) => Step;

interface Options {
  readonly seed: number;
  readonly core?: Core;
  /** Told of everything that happens, for people. */
  readonly trace?: (line: string) => void;
}

const ACTIONS = 30;
const STUCK_AFTER = 30_000;
/** Looks, once nothing happens any more, until the status must be true. */
const LOOKS = 25;
/** And as long, as looks may come fast. */
const QUIET = 75_000;
/** A slow harness's screen, unless it is halted. */
const DRAWN_AFTER = 3_000;
/** As long as an agent may show as ready in a turn of which no report came, some looks fail and the harness is frozen. */
const READY_IN_TURN = 200_000;

/**
 * One agent whose reports, terminal and clock do everything wrong that they may: a run of random actions by the seed, after which
 * it is quiet. Returns what broke a promise, nothing if none did.
 */
export function simulate({ seed, core = step, trace }: Options): readonly string[] {
  const world = new World(randomOf(seed), core, trace);
  for (let i = 0; i < ACTIONS; i++) world.act();
  world.settle();
  return world.broken;
}

const textOf = (event: Event): string =>
  event.kind === "looked" && event.seen
    ? `sees ${event.seen.shown}, ${event.seen.isFrozen ? "frozen" : event.seen.print}`
    : JSON.stringify(event);

class World {
  readonly broken: string[] = [];
  readonly #random: Random;
  readonly #core: Core;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #harness = new FakeHarness();
  #now: Now = { monotonic: 0, wall: 1_000_000_000 };
  #agent: Agent = initial(this.#now, { stuckAfter: STUCK_AFTER });
  #told: State = "unknown";
  #supervised: State | null = null;
  #looks = 0;
  /** When the harness last changed its state. */
  #changed = 0;
  #hasFaults = true;
  /** Since when it is ready without a break, and since when its state, in this run. */
  #ready: number | null = null;
  #since = Number.NEGATIVE_INFINITY;

  constructor(random: Random, core: Core, trace?: (line: string) => void) {
    this.#random = random;
    this.#core = core;
    this.#trace = trace;
    this.#start();
  }

  act(): void {
    const { int, chance } = this.#random;
    this.#pass(int(chance(0.1) ? 300_000 : chance(0.3) ? 30_000 : 1_500));
    const action = this.#actions[int(this.#actions.length)];
    action?.();
  }

  /** What may happen next, and how often of all. */
  readonly #actions: readonly (() => void)[] = (
    [
      [6, () => this.#turnOn()],
      [5, () => this.#arrive()],
      [4, () => this.#harness.draw()],
      [2, () => this.#dialog()],
      [1, () => this.#halt()],
      [1, () => this.#endOrStart()],
      [1, () => this.#forget()],
      [1, () => this.#jump()],
    ] as const
  ).flatMap(([times, action]) => Array.from({ length: times }, () => action));

  /** The harness goes on by itself, for as long as nothing halts it. */
  #turnOn(): void {
    const harness = this.#harness;
    if (harness.halted !== null) return;
    const { chance } = this.#random;
    const { monotonic, wall } = this.#now;
    switch (harness.state) {
      case "down":
        break;
      case "loading":
        harness.state = chance(0.1) ? "login" : "idle";
        break;
      case "login":
        harness.state = "idle";
        break;
      case "idle":
        if (chance(0.1)) harness.state = "login";
        else harness.beginTurn(monotonic, wall);
        break;
      case "turn":
        if (chance(0.3)) harness.tell("busy", "tool", wall);
        else harness.endTurn(wall);
        break;
      case "dialog":
        harness.state = "turn";
        if (chance(0.5)) harness.tell("busy", "answered", wall);
    }
    this.#changed = monotonic;
    this.#trace?.(`the harness: ${harness.state}`);
  }

  #dialog(): void {
    const harness = this.#harness;
    if (harness.state !== "turn" || harness.halted !== null) return;
    harness.state = "dialog";
    this.#changed = this.#now.monotonic;
    if (this.#random.chance(0.5)) harness.tell("waiting-permission", "asks", this.#now.wall);
  }

  #halt(): void {
    const harness = this.#harness;
    if (harness.state === "down" || harness.state === "loading") return;
    if (harness.halted !== null) harness.halted = null;
    else if (this.#random.chance(0.5)) harness.halted = "stopped";
    // In the first turn of a run, the sign of a turn that stands still may be a text of yesterday.
    else if (!this.#agent.isFresh && harness.state === "turn" && harness.drawn === "busy")
      harness.halted = "hangs";
    this.#trace?.(`halted: ${harness.halted}`);
  }

  #endOrStart(): void {
    if (this.#harness.state === "down") {
      this.#start();
      return;
    }
    if (this.#random.chance(0.5)) return;
    this.#harness.end();
    if (this.#random.chance(0.3)) this.#supervise({ state: "exited", reason: "exited 0" });
    else this.#supervise({ state: "restarting", reason: "exited 1", delay: 2_000 });
  }

  #start(): void {
    this.#since = Number.NEGATIVE_INFINITY;
    this.#harness.start(this.#now.monotonic);
    this.#supervise({ state: "starting" });
    this.#supervise({ state: "running" });
  }

  #supervise(told: Supervised): void {
    this.#supervised = told.state === "starting" || told.state === "running" ? null : told.state;
    this.#tell({ kind: "supervisor", ...told });
  }

  /** The watcher is killed and starts anew: it reads the reports of this run once more. */
  #forget(): void {
    const harness = this.#harness;
    if (harness.state === "down" || this.#random.chance(0.5)) return;
    this.#trace?.("the watcher starts anew");
    this.#agent = initial(this.#now, { stuckAfter: STUCK_AFTER });
    this.#told = "unknown";
    this.#since = Number.NEGATIVE_INFINITY;
    this.#supervise({ state: "running", began: harness.runBegan });
    for (const report of harness.arrived) this.#tell(report);
  }

  #jump(): void {
    if (this.#random.chance(0.5)) return;
    this.#harness.reports.length = 0; // what is on its way at that moment has no time that means anything
    const by = this.#random.int(7_200_000) - 3_600_000;
    this.#trace?.(`the wall clock is set by ${by}`);
    this.#now = { ...this.#now, wall: this.#now.wall + by };
  }

  /** A report arrives: any of those on their way, perhaps twice, perhaps never. */
  #arrive(): void {
    const { reports, arrived } = this.#harness;
    const { int, chance } = this.#random;
    const at = this.#hasFaults ? int(Math.max(1, reports.length)) : 0;
    const report = reports[at];
    if (report === undefined) return;
    if (!this.#hasFaults || !chance(0.15)) reports.splice(at, 1);
    if (this.#hasFaults && chance(0.15)) return;
    arrived.push(report);
    this.#tell(report);
  }

  /** Reports that are still on their way arrive, and then nothing happens but looks. */
  settle(): void {
    this.#trace?.("it gets quiet");
    this.#hasFaults = false;
    const harness = this.#harness;
    while (harness.reports.length > 0) this.#arrive();
    harness.draw();
    const [looks, until] = [this.#looks + LOOKS, this.#now.monotonic + QUIET];
    while (this.#looks < looks || this.#now.monotonic < until) {
      const next = nextTick(this.#agent);
      if (!Number.isFinite(next)) break;
      this.#pass(Math.max(0, next - this.#now.monotonic));
    }
    const { state } = statusOf(this.#agent, this.#now);
    const expected = this.#expected();
    if (!expected.includes(state))
      this.#break(`truth: it is ${state}, and should be ${expected.join(" or ")}`);
  }

  #expected(): readonly State[] {
    const { state, halted } = this.#harness;
    if (this.#supervised !== null) return [this.#supervised];
    if (halted === "stopped") return ["stuck"];
    switch (state) {
      case "down":
        return [];
      case "loading":
        return ["starting", "unknown"];
      case "idle":
        return ["ready"];
      case "turn":
        // One that hangs before anything found it to work: what stands still may be a text.
        return halted === "hangs" ? ["stuck", "unknown", "waiting-permission"] : ["busy"];
      case "dialog":
        return ["waiting-permission"];
      case "login":
        return ["waiting-login", "login-expired"];
    }
  }

  #pass(ms: number): void {
    const end = this.#now.monotonic + ms;
    for (let next = nextTick(this.#agent); next <= end; next = nextTick(this.#agent)) {
      this.#setClock(Math.max(next, this.#now.monotonic));
      this.#tell({ kind: "tick" });
    }
    this.#setClock(end);
  }

  #setClock(monotonic: number): void {
    const { monotonic: before, wall } = this.#now;
    this.#now = { monotonic, wall: wall + monotonic - before };
  }

  #tell(event: Event): void {
    if (event.kind !== "tick") this.#trace?.(`${Math.floor(this.#now.monotonic)} ${textOf(event)}`);
    const { agent, effects } = this.#core(this.#agent, event, this.#now);
    this.#agent = agent;
    for (const effect of effects) if (effect.kind !== "look") this.#note(effect);
    this.#check();
    for (const effect of effects) if (effect.kind === "look") this.#look(effect.id);
  }

  #look(id: number): void {
    this.#looks += 1;
    const began = this.#now.monotonic;
    const harness = this.#harness;
    if (this.#hasFaults && this.#random.chance(0.03)) return; // never answered
    if (began - this.#changed > DRAWN_AFTER || this.#random.chance(0.3)) harness.draw();
    const isLost = this.#hasFaults && this.#random.chance(0.03);
    const seen = isLost ? null : harness.look(began);
    this.#setClock(began + 5);
    this.#tell({ kind: "looked", id, seen });
  }

  #break(text: string): void {
    this.#trace?.(`BROKEN ${text}`);
    this.broken.push(text);
  }

  #note(effect: Effect): void {
    if (effect.kind !== "changed") return;
    this.#trace?.(`  → ${effect.status.state} by ${effect.status.source} ${effect.status.event}`);
    this.#told = effect.status.state;
  }

  #check(): void {
    const { monotonic, wall } = this.#now;
    const { state, since } = statusOf(this.#agent, this.#now);
    if (state !== this.#told) this.#break(`one: it is ${state}, and ${this.#told} was told`);
    if (since > wall) this.#break(`since: ${since} is after ${wall}`);
    const began = monotonic - (wall - since);
    if (began < this.#since - 2) this.#break(`since: it went back from ${this.#since} to ${began}`);
    this.#since = Math.max(this.#since, began);
    this.#ready = state === "ready" ? (this.#ready ?? monotonic) : null;
    const { turnBegan } = this.#harness;
    if (this.#ready === null || turnBegan === null) return;
    const wrong = monotonic - Math.max(this.#ready, turnBegan);
    if (wrong > READY_IN_TURN) this.#break(`ready: for ${wrong} ms in a turn`);
  }
}
