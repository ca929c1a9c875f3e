import { agentOf, type Subject } from "../agents.ts";

/** A name that breaks what is quoted by hand, in shells, URLs and TOML. */
const NAME = `it's a "place" #1 100% $5 ü\nof two lines`;

export async function oddPlace(subject: Subject): Promise<void> {
  await subject.t.test("it works and tells its state below a folder with any name", async () => {
    const fleet = await subject.rig.start({ guest: agentOf(subject) }, NAME);
    try {
      const guest = fleet.agent("guest");
      await guest.until("ready");
      await guest.ask("who are you?");
    } finally {
      await fleet.stop();
    }
  });
}
