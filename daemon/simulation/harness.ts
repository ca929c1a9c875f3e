import type { Found } from "../prompts/types.ts";

/** What a harness reports of itself; on its way it may get lost, doubled or late. */
export type Report =
  | { readonly kind: "idle"; readonly at: number }
  | { readonly kind: "acknowledged"; readonly id: string; readonly at: number };

export interface Mark {
  readonly id: string;
  readonly attempt: number;
  readonly run: number;
}

/** What stands in the composer. */
type Text = { readonly by: "person" } | { readonly by: "forge"; readonly mark: Mark };

/** A harness on its terminal, as it truly is: what we see of it may be late. */
export class FakeHarness {
  readonly #channel: { readonly acknowledges: boolean; readonly isIdempotent: boolean };
  /** Reports on their way. */
  readonly reports: Report[] = [];
  /** Ids of prompts that began a turn, in order. */
  readonly submissions: string[] = [];
  /** Keys that went where they must not. */
  readonly misdirected: string[] = [];
  readonly #session = new Set<string>();
  /** The host's monotonic clock. */
  time = 0;
  run = 1;
  isUp = true;
  /** The terminal's server keeps the mark while the harness is restarted. */
  mark: Mark | null = null;
  hasTerminal = true;
  composer: Text | null = null;
  /** Typed and entered, but not taken yet. */
  #entered: string[] = [];
  #turn: string | null = null;
  drawn: "composer" | "busy" | "dialog" | "pager" = "composer";

  constructor(channel: { readonly acknowledges: boolean; readonly isIdempotent: boolean }) {
    this.#channel = channel;
  }

  get inTurn(): boolean {
    return this.#turn !== null;
  }

  get hasInput(): boolean {
    return this.#entered.length > 0;
  }

  /** No turn, nothing typed that it has not taken, and all of that is to be seen. */
  get isIdle(): boolean {
    return this.isUp && !this.inTurn && !this.hasInput && this.drawn === "composer";
  }

  get isFree(): boolean {
    return this.isUp && this.drawn === "composer" && this.composer === null;
  }

  /** Text, mark and Enter in one: the Enter may get lost. */
  type(mark: Mark, isEnterLost: boolean): void {
    if (!this.isFree || this.inTurn) this.misdirected.push(mark.id);
    this.mark = mark;
    this.composer = { by: "forge", mark };
    if (!isEnterLost) this.enter();
  }

  enter(): void {
    if (this.composer?.by === "forge") this.#entered.push(this.composer.mark.id);
    else this.misdirected.push("enter");
    this.composer = null;
  }

  holds(id: string, attempt: number): boolean {
    const text = this.composer;
    return text?.by === "forge" && text.mark.id === id && text.mark.attempt === attempt;
  }

  take(): void {
    const id = this.#entered.shift();
    if (id === undefined) return;
    if (this.#channel.isIdempotent && this.#session.has(id)) return;
    this.#turn = id;
    this.submissions.push(id);
    if (this.#channel.acknowledges || this.#channel.isIdempotent) this.#session.add(id);
    if (this.#channel.acknowledges) this.reports.push({ kind: "acknowledged", id, at: this.time });
  }

  endTurn(): void {
    this.#turn = null;
    this.drawn = "composer";
    this.reports.push({ kind: "idle", at: this.time });
  }

  kill(withTerminal: boolean): void {
    this.isUp = false;
    this.composer = null;
    this.#entered = [];
    this.#turn = null;
    this.drawn = "composer";
    if (!withTerminal) return;
    this.hasTerminal = false;
    this.mark = null;
  }

  start(): void {
    this.isUp = true;
    this.hasTerminal = true;
    this.run += 1;
  }

  find(id: string, attempt: number): Found {
    if (this.#session.has(id)) return "in-session";
    if (!this.hasTerminal || this.mark === null) return "lost";
    if (this.mark.id !== id || this.mark.attempt !== attempt) return "untouched";
    if (this.holds(id, attempt)) return "in-composer";
    return this.isUp && this.mark.run === this.run ? "handed-over" : "lost";
  }
}
