import type { ListedFleet } from "../../runtime/supervisor/local/listing.ts";
import type { AgentOnHost } from "../../schema/command-output.ts";
import { findAgents } from "./agents.ts";
import { chooseOne } from "./choose.ts";

/** One agent, with its fleet if `forge up` runs it. */
export async function findAgent(name: string): Promise<{
  readonly agent: AgentOnHost;
  readonly fleet: ListedFleet | undefined;
}> {
  const { all, fleets } = await findAgents();
  const agent = chooseOne(all, name);
  return { agent, fleet: fleets.find((fleet) => fleet.agents.includes(agent)) };
}
