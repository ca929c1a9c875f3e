import type { ErrorStatus, Item } from "./wire.ts";

// What the two OpenAI formats share: their errors and the names of their roles.

const ERRORS = {
  400: { type: "invalid_request_error", code: null },
  401: { type: "invalid_request_error", code: "invalid_api_key" },
  403: { type: "permission_error", code: "unsupported_country_region_territory" },
  404: { type: "invalid_request_error", code: "model_not_found" },
  413: { type: "invalid_request_error", code: null },
  429: { type: "requests", code: "rate_limit_exceeded" },
  500: { type: "server_error", code: null },
  529: { type: "server_error", code: null },
} as const satisfies Record<ErrorStatus, object>;

export function openaiError(status: ErrorStatus, message: string): object {
  return { error: { message, param: null, ...ERRORS[status] } };
}

export const FROM = {
  system: "system",
  developer: "system",
  user: "user",
  tool: "tool",
  assistant: "model",
} as const satisfies Record<string, Item["from"]>;
