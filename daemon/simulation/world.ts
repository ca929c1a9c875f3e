import { nextTick, openPrompts, restore, step } from "../prompts/step.ts";
import {
  type Channel,
  type Effect,
  type Event,
  isVerdict,
  type Now,
  type Phase,
  type Prompt,
  type Queue,
  type Step,
} from "../prompts/types.ts";
import { FakeHarness } from "./harness.ts";
import { type Random, randomOf } from "./random.ts";

/** What decides, so that a test can plant a mistake. */
export interface Core {
  readonly restore: typeof restore;
  readonly step: typeof step;
}

interface Row {
  readonly prompt: Prompt;
  readonly phase: Phase;
  readonly attempt: number;
}

interface Options {
  readonly seed: number;
  readonly core?: Core;
  /** Told of everything that happens, for people. */
  readonly trace?: (line: string) => void;
}

const ACTIONS = 120;
const PROMPTS = 6;
const SETTLED_WITHIN = 600;

/**
 * One agent, its harness and forged, where everything goes wrong that may: a run of random actions by the seed, after which all
 * is well again. Returns what broke a promise, nothing if none did.
 */
export function simulate({ seed, core = { restore, step }, trace }: Options): readonly string[] {
  const world = new World(randomOf(seed), core, trace);
  for (let i = 0; i < ACTIONS; i++) world.act();
  world.settle();
  return world.broken();
}

class World {
  readonly #random: Random;
  readonly #core: Core;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #channel: Channel;
  readonly #harness: FakeHarness;
  readonly #hasPriorities: boolean;
  /** What was synced to the disk. */
  readonly #ledger = new Map<string, Row>();
  readonly #verdicts = new Map<string, Phase[]>();
  readonly #accepted: Prompt[] = [];
  /** Nothing while forged is down. */
  #queue: Queue | undefined;
  #effects: Effect[] = [];
  #sent = new Map<string, Prompt>();
  #now: Now = { monotonic: 0, wall: 1_000_000 };
  #hasFaults = true;

  constructor(random: Random, core: Core, trace?: (line: string) => void) {
    this.#random = random;
    this.#core = core;
    this.#trace = trace;
    const acknowledges = random.chance(0.8);
    this.#channel = { acknowledges, isIdempotent: acknowledges && random.chance(0.3) };
    this.#hasPriorities = random.chance(0.2);
    this.#harness = new FakeHarness(this.#channel);
    this.#trace?.(JSON.stringify(this.#channel));
    this.#startForged();
  }

  act(): void {
    this.#setClock(1, 0);
    const action = this.#actions[this.#random.int(this.#actions.length)];
    action?.();
  }

  /** What may happen next, and how often of all. */
  readonly #actions: readonly (() => void)[] = (
    [
      [6, () => this.#work()],
      [2, () => this.#send()],
      [3, () => this.#harness.take()],
      [3, () => this.#report()],
      [2, () => this.#look()],
      [3, () => this.#endTurn()],
      [1, () => this.#draw()],
      [1, () => this.#upset()],
      [1, () => this.#clockGoesOn()],
      [1, () => this.#crashOrStart()],
      [1, () => this.#killOrStart()],
      [1, () => this.#openOrClose()],
    ] as const
  ).flatMap(([times, action]) => Array.from({ length: times }, () => action));

  #upset(): void {
    if (this.#random.chance(0.3)) this.#cancel();
    else this.#typePerson();
  }

  #clockGoesOn(): void {
    const { int, chance } = this.#random;
    this.#pass(int(chance(0.2) ? 40_000 : 2_000), chance(0.05) ? int(200_000) - 100_000 : 0);
  }

  #crashOrStart(): void {
    if (this.#queue !== undefined && this.#random.chance(0.2)) this.#crash();
    else if (this.#queue === undefined) this.#startForged();
  }

  #killOrStart(): void {
    if (!this.#harness.isUp) this.#startHarness();
    else if (this.#random.chance(0.2)) this.#kill();
  }

  #endTurn(): void {
    if (!this.#harness.inTurn) return;
    this.#trace?.("the turn ends");
    this.#harness.endTurn();
  }

  /** What looks at the terminal agree on. */
  #look(): void {
    if (this.#harness.isIdle) this.#tell({ kind: "idle", at: null });
  }

  /** Everything works from now on, until no prompt is open. */
  settle(): void {
    this.#hasFaults = false;
    const harness = this.#harness;
    if (!harness.isUp) this.#startHarness();
    if (this.#queue === undefined) this.#startForged();
    for (let i = 0; i < SETTLED_WITHIN; i++) {
      this.#setClock(1, 0);
      while (this.#effects.length > 0) this.#work();
      while (harness.reports.length > 0) this.#report();
      if (this.#isSettled()) return;
      if (harness.composer?.by === "person") harness.composer = null;
      if (harness.drawn === "dialog" || harness.drawn === "pager")
        harness.drawn = harness.inTurn ? "busy" : "composer";
      if (harness.inTurn) harness.endTurn();
      else if (harness.hasInput) harness.take();
      else if (harness.isIdle) this.#tell({ kind: "idle", at: null });
      else this.#draw();
      // Its owner clears what nobody will send any more.
      const held = harness.composer?.by === "forge" ? harness.composer.mark.id : undefined;
      if (held !== undefined && this.#isOver(held)) harness.composer = null;
      const next = this.#queue ? nextTick(this.#queue, this.#now) : Number.POSITIVE_INFINITY;
      if (this.#effects.length === 0 && harness.reports.length === 0 && Number.isFinite(next))
        this.#pass(Math.max(0, next - this.#now.monotonic), 0);
    }
  }

  #isSettled(): boolean {
    const isOpen = this.#queue === undefined || openPrompts(this.#queue).length > 0;
    return !isOpen && this.#effects.length === 0;
  }

  /** What was promised and not kept. */
  broken(): readonly string[] {
    const { submissions, misdirected } = this.#harness;
    const times = new Map<string, number>();
    for (const id of submissions) times.set(id, (times.get(id) ?? 0) + 1);
    const problems = misdirected.map((id) => `keys: ${id} was typed where no prompt goes`);
    for (const { id } of this.#accepted) {
      const verdicts = this.#verdicts.get(id) ?? [];
      const count = times.get(id) ?? 0;
      const [verdict] = verdicts;
      if (verdict === undefined) problems.push(`lost: ${id} has no verdict`);
      if (verdicts.length > 1) problems.push(`verdicts: ${id} has ${verdicts.join(", ")}`);
      if (count > 1 && this.#channel.acknowledges)
        problems.push(`doubled: ${id} was submitted ${count} times`);
      if (verdict === "submitted" && count === 0)
        problems.push(`lost: ${id} is told to be submitted`);
      if ((verdict === "failed" || verdict === "cancelled") && count > 0)
        problems.push(`verdicts: ${id} is ${verdict}, but was submitted`);
    }
    return [...problems, ...this.#disorder()];
  }

  /** Prompts of one priority go in the order in which they were accepted. */
  #disorder(): readonly string[] {
    if (this.#hasPriorities) return [];
    const order = new Map(this.#accepted.map(({ id, sequence }) => [id, sequence]));
    const first = [...new Set(this.#harness.submissions)].map((id) => order.get(id) ?? 0);
    return first.some((sequence, i) => sequence < (first[i - 1] ?? 0))
      ? [`order: submitted were ${first.join(", ")}`]
      : [];
  }

  #isOver(id: string): boolean {
    return (this.#verdicts.get(id) ?? []).length > 0;
  }

  #tell(event: Event): void {
    if (this.#queue === undefined) return;
    this.#trace?.(`event ${JSON.stringify(event)}`);
    this.#take(this.#core.step(this.#queue, event, this.#now));
  }

  #take({ queue, effects }: Step): void {
    this.#queue = queue;
    this.#effects.push(...effects);
  }

  #startForged(): void {
    this.#trace?.("forged starts");
    const open = [...this.#ledger.values()].flatMap(({ prompt, phase, attempt }) =>
      phase === "queued" || phase === "delivering" ? [{ prompt, phase, attempt }] : [],
    );
    this.#effects = [];
    this.#sent.clear();
    this.#take(this.#core.restore(this.#channel, open, this.#now));
    if (this.#harness.isUp) this.#tell({ kind: "started" });
  }

  #crash(): void {
    if (this.#queue === undefined || !this.#hasFaults) return;
    this.#trace?.("forged is killed");
    this.#queue = undefined;
    this.#effects = [];
  }

  #kill(): void {
    const withTerminal = this.#random.chance(0.3);
    this.#trace?.(`the harness is killed${withTerminal ? ", with its terminal" : ""}`);
    this.#harness.kill(withTerminal);
    this.#tell({ kind: "ended" });
  }

  #startHarness(): void {
    this.#trace?.("the harness starts");
    this.#harness.start();
    this.#tell({ kind: "started" });
  }

  #send(): void {
    if (this.#queue === undefined || this.#sent.size + this.#accepted.length >= PROMPTS) return;
    const sequence = this.#accepted.length + this.#sent.size + 1;
    const { chance, int } = this.#random;
    const prompt: Prompt = {
      id: `p${sequence}`,
      text: "",
      sequence,
      priority: this.#hasPriorities ? int(2) : 0,
      expires: chance(0.2) ? this.#now.wall + int(60_000) : null,
    };
    this.#sent.set(prompt.id, prompt);
    this.#tell({ kind: "sent", prompt });
  }

  #cancel(): void {
    const prompt = this.#accepted[this.#random.int(PROMPTS)];
    if (prompt) this.#tell({ kind: "cancelled", id: prompt.id });
  }

  #typePerson(): void {
    const harness = this.#harness;
    if (harness.composer?.by === "person") harness.composer = null;
    else if (harness.isFree) harness.composer = { by: "person" };
  }

  #openOrClose(): void {
    const harness = this.#harness;
    if (!harness.isUp) return;
    if (harness.drawn === "dialog" || harness.drawn === "pager") this.#draw();
    else harness.drawn = harness.inTurn ? "dialog" : "pager";
  }

  #draw(): void {
    const harness = this.#harness;
    if (harness.isUp) harness.drawn = harness.inTurn ? "busy" : "composer";
  }

  #pass(monotonic: number, jump: number): void {
    this.#setClock(monotonic, jump);
    this.#tell({ kind: "tick" });
  }

  #setClock(monotonic: number, jump: number): void {
    const now = this.#now;
    this.#now = { monotonic: now.monotonic + monotonic, wall: now.wall + monotonic + jump };
    this.#harness.time = this.#now.monotonic;
  }

  /** A report arrives: any of those on their way, perhaps twice, perhaps never. */
  #report(): void {
    const { reports } = this.#harness;
    const { int, chance } = this.#random;
    const at = this.#hasFaults ? int(Math.max(1, reports.length)) : 0;
    const report = reports[at];
    if (report === undefined) return;
    if (!this.#hasFaults || !chance(0.15)) reports.splice(at, 1);
    if (this.#hasFaults && chance(0.1)) return;
    this.#tell(report);
  }

  /** The next effect, which may be the last before a crash. */
  #work(): void {
    const [effect, ...others] = this.#effects;
    if (effect === undefined || this.#queue === undefined) return;
    const crash = this.#hasFaults ? this.#random.next() : 1;
    if (crash < 0.04) this.#crash();
    if (this.#queue === undefined) return;
    this.#effects = others;
    this.#trace?.(`effect ${JSON.stringify(effect)}`);
    const answer = this.#do(effect);
    if (crash < 0.08) this.#crash();
    else if (answer) this.#tell(answer);
  }

  #do(effect: Effect): Event | undefined {
    const harness = this.#harness;
    switch (effect.kind) {
      case "record":
        this.#record(effect);
        return undefined;
      case "look":
        return { kind: "looked", id: effect.id, isFree: harness.isFree };
      case "deliver": {
        const { prompt, attempt } = effect;
        const answer = { kind: "delivered", id: prompt.id, attempt } as const;
        if (!harness.isUp) return { ...answer, outcome: "gone" };
        if (!harness.isFree) return { ...answer, outcome: "held" };
        const isEnterLost = this.#hasFaults && this.#random.chance(0.1);
        harness.type({ id: prompt.id, attempt, run: harness.run }, isEnterLost);
        return { ...answer, outcome: "handed-over" };
      }
      case "inspect": {
        const { id, attempt } = effect;
        return { kind: "inspected", id, attempt, found: harness.find(id, attempt) };
      }
      case "enter":
        if (harness.holds(effect.id, effect.attempt) && harness.drawn === "composer")
          harness.enter();
        return { kind: "entered", id: effect.id, attempt: effect.attempt };
      case "cancel-answered":
        return undefined;
    }
  }

  #record({ id, phase, attempt }: Extract<Effect, { kind: "record" }>): void {
    const prompt = this.#sent.get(id) ?? this.#ledger.get(id)?.prompt;
    if (prompt === undefined) return;
    if (this.#sent.delete(id)) this.#accepted.push(prompt);
    this.#ledger.set(id, { prompt, phase, attempt });
    if (isVerdict(phase)) this.#verdicts.set(id, [...(this.#verdicts.get(id) ?? []), phase]);
  }
}
