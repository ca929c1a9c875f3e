import { inheritedSockets } from "../daemon/http/inherited.ts";
import { serveHost } from "../daemon/http/listen.ts";
import { sampleHost } from "./api-host.ts";

/** Serves a sample host on the socket `forge-read` that systemd hands over. */
const [fd] = inheritedSockets(process.env, process.pid).get("forge-read") ?? [];
if (fd === undefined) throw new Error("no socket forge-read was handed over");
await serveHost({
  host: sampleHost(),
  endpoints: [{ kind: "inherited", fd, role: "read" }],
  warn: console.error,
});
