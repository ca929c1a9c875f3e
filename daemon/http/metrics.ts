import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  type OpenMetricsContentType,
  Registry,
} from "prom-client";
import { STATES } from "../../schema/agent-status.ts";
import { PHASES } from "../../schema/phases.ts";
import type { Host } from "../host.ts";

export interface Metrics extends Disposable {
  /** OpenMetrics. */
  readonly text: () => Promise<string>;
}

/** `subscribers` counts those who follow the events. */
export function hostMetrics(host: Host, subscribers: () => number): Metrics {
  const over = new AbortController();
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [register];
  collectDefaultMetrics({ register });
  new Gauge({
    ...{ registers, name: "forge_agents", help: "Agents in each state.", labelNames: ["state"] },
    collect() {
      for (const state of STATES) this.set({ state }, 0);
      for (const { status } of host.agents()) this.inc({ state: status.state });
    },
  });
  new Gauge({
    ...{ registers, name: "forge_agent_queued_prompts", labelNames: ["agent"] },
    help: "Prompts of an agent without a verdict.",
    collect() {
      this.reset();
      for (const { name, queued } of host.agents()) this.set({ agent: name }, queued);
    },
  });
  new Gauge({
    ...{ registers, name: "forge_event_subscribers", help: "Clients that follow the events." },
    collect() {
      this.set(subscribers());
    },
  });
  const phases = new Counter({
    ...{ registers, name: "forge_prompts", labelNames: ["phase"] },
    help: "Prompts that came into each phase since forge started.",
  });
  for (const phase of PHASES) phases.inc({ phase }, 0);
  host.events.follow((event) => {
    if (event.kind === "prompt") phases.inc({ phase: event.data.phase });
  }, over.signal);
  return { text: () => register.metrics(), [Symbol.dispose]: () => over.abort() };
}
