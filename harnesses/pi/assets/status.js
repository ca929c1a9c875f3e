// pi extension: tells forge what the agent does. Plain JavaScript, as pi loads it from where it lies.
import { spawnSync } from "node:child_process";

const REFUSALS = { 401: "waiting-login", 403: "waiting-login", 429: "rate-limited" };

/** pi reports a failed request as a message that begins with the provider's HTTP status. */
const refusalOf = ({ stopReason, errorMessage = "" }) =>
  stopReason === "error" ? REFUSALS[errorMessage.slice(0, 3)] : undefined;

export default (pi) => {
  const tell = (state, event, context, prompt) => {
    const session_id = context.sessionManager.getSessionId();
    const input = JSON.stringify({ session_id, prompt });
    spawnSync(process.env.FORGE_SIGNAL, [state, event], { input });
  };
  let refusal;
  pi.on("session_start", ({ type }, context) => {
    const { model, modelRegistry } = context;
    const hasKey = model !== undefined && modelRegistry.hasConfiguredAuth(model);
    tell(hasKey ? "-" : "waiting-login", type, context);
  });
  pi.on("input", ({ type, text }, context) => tell("-", type, context, text));
  pi.on("agent_start", ({ type }, context) => tell(refusal ?? "busy", type, context));
  pi.on("message_end", ({ type, message }, context) => {
    if (message.role !== "assistant") return;
    const before = refusal;
    refusal = refusalOf(message);
    if (refusal !== before) tell(refusal ?? "busy", type, context);
  });
  pi.on("agent_settled", ({ type }, context) => tell(refusal ?? "ready", type, context));
};
