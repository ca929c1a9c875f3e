import type { End, EndReason } from "./lifecycle.ts";

/** What systemd tells ExecStopPost= about an end: the variables SERVICE_RESULT, EXIT_CODE and EXIT_STATUS. */
export type SystemdEnd = readonly [result: string, exitCode: string, exitStatus: string];

export interface LifecycleCase {
  readonly how: string;
  /** What `forge up` sees; null for what happens under systemd only. */
  readonly local: End | null;
  readonly systemd: SystemdEnd;
  /** The terminal's server is gone when the end is handled. */
  readonly lost?: true;
  readonly reason: EndReason;
  readonly restarts: boolean;
  /** Where `forge up` cannot tell as much as systemd; docs say so. */
  readonly localReason?: EndReason;
}

const code = (status: number, reason: EndReason, restarts: boolean): LifecycleCase => ({
  how: `exit ${status}`,
  local: { kind: "code", code: status },
  systemd: [status === 0 ? "success" : "exit-code", "exited", String(status)],
  reason,
  restarts,
});

const signal = (name: string, reason: EndReason, restarts: boolean): LifecycleCase => ({
  how: name,
  local: { kind: "signal", signal: name },
  systemd: ["signal", "killed", name.slice(3)],
  reason,
  restarts,
});

/** A program that caught the signal and says so. To bash, and so to `forge up`, it is the signal itself. */
const caught = (status: number, name: string, reason: EndReason, restarts: boolean) => ({
  ...code(status, reason, restarts),
  local: { kind: "signal", signal: name } as const,
});

/** Every supervisor names these ends so and decides so, if nobody asked for the stop. */
export const UNASKED: readonly LifecycleCase[] = [
  code(0, "clean", false),
  code(1, "crash", true),
  code(3, "crash", true),
  code(75, "not-started", false),
  code(78, "not-started", false),
  caught(129, "SIGHUP", "killed", true),
  caught(130, "SIGINT", "killed", false),
  caught(137, "SIGKILL", "killed", true),
  caught(139, "SIGSEGV", "crash", true),
  caught(143, "SIGTERM", "killed", false),
  signal("SIGHUP", "killed", true),
  signal("SIGINT", "killed", false),
  signal("SIGKILL", "killed", true),
  signal("SIGPIPE", "killed", false),
  signal("SIGTERM", "killed", false),
  signal("SIGABRT", "crash", true),
  signal("SIGSEGV", "crash", true),
  {
    ...signal("SIGSEGV", "crash", true),
    how: "SIGSEGV, with a core dump",
    systemd: ["core-dump", "dumped", "SEGV"],
  },
  {
    how: "out of memory",
    // The one difference: to another process the kernel's kill looks like anyone's SIGKILL.
    local: { kind: "signal", signal: "SIGKILL" },
    localReason: "killed",
    systemd: ["oom-kill", "killed", "KILL"],
    reason: "oom",
    restarts: true,
  },
  {
    how: "lost terminal",
    local: { kind: "lost" },
    systemd: ["success", "killed", "HUP"],
    lost: true,
    reason: "killed",
    restarts: true,
  },
  {
    how: "lost terminal, taken for a reason to end well",
    local: { kind: "lost" },
    systemd: ["success", "exited", "0"],
    lost: true,
    reason: "killed",
    restarts: true,
  },
  {
    how: "could not start: systemd could not execute it",
    local: null,
    systemd: ["exit-code", "exited", "203"],
    reason: "not-started",
    restarts: true,
  },
  {
    how: "could not start: no terminal",
    local: null,
    systemd: ["exit-code", "", ""],
    reason: "not-started",
    restarts: true,
  },
];
