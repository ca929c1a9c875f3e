// opencode plugin: tells forge what the agent does. Plain JavaScript, as opencode loads it from where it lies.
import { spawnSync } from "node:child_process";

const isRefusal = ({ name, data } = {}) =>
  name === "ProviderAuthError" || [401, 403].includes(data?.statusCode);

let last;
const tell = (state, event, sessionID, more) => {
  if (state === last && more === undefined) return;
  last = state;
  const input = JSON.stringify({ sessionID, ...more });
  spawnSync(process.env.FORGE_SIGNAL, [state, event], { input });
};

/** The state that an event brings; a turn that was refused keeps that state at its end. */
const STATES = {
  "session.status": ({ status }) => ({ busy: "busy", retry: "rate-limited" })[status.type],
  "session.error": ({ error }) => (isRefusal(error) ? "waiting-login" : undefined),
  "session.idle": () => (last === "waiting-login" ? undefined : "ready"),
  "permission.asked": () => "waiting-permission",
  "permission.replied": () => "busy",
  "question.asked": () => "waiting-permission",
  "question.replied": () => "busy",
  "question.rejected": () => "busy",
};

/** Conversations of subagents: what they ask a person shows on the terminal, their begin and end is not the agent's. */
const inner = new Set();
const isInner = (type, sessionID) => inner.has(sessionID) && type.startsWith("session.");

export const ForgeStatus = async () => ({
  "chat.message": async ({ sessionID }, { message, parts }) => {
    if (inner.has(sessionID)) return;
    const prompt = parts.map(({ text = "" }) => text).join("");
    tell("busy", "chat.message", sessionID, { message_id: message.id, prompt });
  },
  event: async ({ event: { type, properties } }) => {
    const { info, sessionID } = properties;
    if (type === "session.created" && info.parentID) inner.add(info.id);
    const state = isInner(type, sessionID) ? undefined : STATES[type]?.(properties);
    if (state) tell(state, type, inner.has(sessionID) ? undefined : sessionID);
  },
});
