import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { SEEN } from "../../runtime/activity-records.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { StubModel } from "../../runtime/stub-model/server.ts";
import type { RunningAgent } from "../../runtime/supervisor/local/agent.ts";
import { isReady } from "../../runtime/terminal/engine/signs.ts";

/** One agent of the harness, alone with the stub model. */
export interface Scene {
  readonly agent: RunningAgent;
  readonly stub: Pick<StubModel, "requests">;
  readonly role: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves when it is as it should be; otherwise the error's message tells what was seen instead. */
type Check = (scene: Scene) => Promise<void>;

/** What forge relies on, in the order in which it is tried: each goes on where the last one ended. */
export const CHECKS: { readonly [what: string]: Check } = {
  "takes its configuration and shows its prompt": (scene) =>
    until(() => isIdle(scene), "prompt", scene, 60_000),
  "answers a prompt": answers,
  "tells the model its role": async ({ stub, role }) => {
    const told = stub.requests.some(({ body }) => body.includes(role));
    if (!told) throw new Error("the role was in none of its requests");
  },
  "tells its state itself: busy, then ready": tellsItsState,
  "ends in order when told to quit": async (scene) => {
    await scene.agent.terminal.quit();
    await until(async () => scene.agent.status() !== "running", "end", scene);
    if (scene.agent.status() !== "exited") throw new Error("it ended in failure");
  },
};

async function isIdle({ agent }: Scene): Promise<boolean> {
  if (agent.status() !== "running" && agent.status() !== "starting") throw new Error("it ended");
  return isReady(await agent.terminal.look(), agent.plan.terminal);
}

async function answers(scene: Scene): Promise<void> {
  const { agent, stub } = scene;
  await agent.terminal.paste("Are you there?");
  const hasAnswered = async () =>
    (await isIdle(scene)) && (await agent.terminal.look()).screen.includes("stub(");
  const asked = () =>
    stub.requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
  const what = () =>
    `answer on its screen, having asked ${asked().slice(-3).join(", ") || "nothing"},`;
  await until(hasAnswered, what, scene, 60_000);
}

const Signal = z.looseObject({ state: z.string().default("-"), event: z.string() });

async function tellsItsState(scene: Scene): Promise<void> {
  let told: readonly string[] = [];
  const hasToldBoth = async () => {
    const text = await readFile(join(scene.agent.runtime, "events"), "utf8");
    const lines = text.split("\n").filter(Boolean);
    const signals = lines.map((line) => Signal.parse(JSON.parse(line)));
    told = signals.filter(({ event }) => event !== SEEN).map(({ state }) => state);
    return told.includes("busy") && told.lastIndexOf("ready") > told.indexOf("busy");
  };
  await until(hasToldBoth, () => `such signals (it told: ${told.join(", ")})`, scene);
}

const LOOK_EVERY = 50;

async function until(
  test: () => Promise<boolean>,
  what: string | (() => string),
  { clock, signal }: Scene,
  patience = 10_000,
): Promise<void> {
  const deadline = clock.now() + patience;
  while (!(await test())) {
    if (clock.now() > deadline) {
      throw new Error(`no ${typeof what === "string" ? what : what()} within ${patience / 1000} s`);
    }
    await clock.sleep(LOOK_EVERY, signal);
  }
}
