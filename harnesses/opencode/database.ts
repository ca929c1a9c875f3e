/** Below the state directory. */
export const DATABASE = ".local/share/opencode/opencode.db";
