/** Every code that forge prints. A code is never reused; docs/errors.md is kept in step by a test. */
export const ERRORS = {
  ACCESS_DENIED: "This user or token may not do this to an agent of this host.",
  AGENT_FAILED: "An agent under forge up ended in failure and is not started again.",
  AGENT_INVALID: "An agent's declaration has a field of the wrong name, type or value.",
  AGENT_RULE: "An agent's declaration is well-formed, but what it asks for cannot work.",
  AGENT_UNKNOWN: "No agent of this name is declared on this host.",
  ALREADY_RUNNING: "The agent already runs: another process holds the lock on its state directory.",
  API_UNREACHABLE: "Nothing answers at the address of forge's API, or the connection was lost.",
  CHECK_FAILED: "A harness did not do what forge relies on.",
  ENVIRONMENT_FILE_INVALID:
    "A file of environmentFiles is missing or has a line that is not NAME=value, so the agent was not started.",
  CREDENTIAL_MISSING: "A declared secret cannot be read, so the agent was not started.",
  FLEET_INVALID: "The fleet file cannot be loaded or is not a fleet.",
  FLEET_NOT_RUNNING: "No forge up of this user runs this fleet file.",
  GENERATED_STALE: "A generated file differs from what the recipes and schemas give.",
  HARNESS_NOT_FOUND: "The program of a harness is not installed where forge looks for it.",
  HOST_REFUSED:
    "A request came with a Host or Origin header that the API does not accept, as from a page in a browser.",
  INTERNAL_ERROR: "forge failed in a way that it does not know. This is a mistake in forge.",
  LEDGER_UNREADABLE:
    "The file with the prompts of this host is damaged, or was written by a newer forge.",
  LEDGER_UNWRITABLE: "The file with the prompts of this host cannot be written to.",
  LIMIT_REACHED:
    "The API has as many connections, or an agent as many waiting prompts, as forge takes at one time.",
  LISTEN_FAILED: "The API cannot listen at the address or on the descriptor that it was given.",
  MANIFEST_INVALID: "A manifest is not what this version of forge reads.",
  MANIFEST_MISSING:
    "This machine has no /etc/forge/manifest.json, so no agents are declared on it.",
  MEDIA_TYPE_UNSUPPORTED: "The body of a request to the API is not JSON.",
  METHOD_NOT_ALLOWED: "A path of the API does not have this method.",
  NODE_TOO_OLD: "A harness needs a newer Node than the one that runs forge.",
  NO_NIX_FORM: "A schema or recipe uses something that cannot be said in Nix.",
  NOT_SUPPORTED_HERE:
    "An agent's declaration asks for something that its supervisor cannot enforce.",
  OUTPUT_UNWRITABLE: "A file or folder that forge was told to make cannot be made there.",
  PLAN_INVALID: "A plan is not what this version of forge reads.",
  PLAN_UNREADABLE: "A plan or plan folder cannot be read.",
  PROMPT_KEY_TAKEN: "The key of a prompt is that of an earlier prompt with another text.",
  PROMPT_UNKNOWN: "No prompt has this id.",
  PROMPT_REFUSED: "The text of a prompt cannot be delivered to any harness.",
  PROMPT_TOO_LATE: "A prompt cannot be cancelled, because its delivery has begun or ended.",
  RECIPE_INVALID:
    "A recipe is not valid. For example, it uses an expression where a value is required.",
  REQUEST_INVALID:
    "A request to the API is not valid HTTP or JSON, or has a field of the wrong name, type or value.",
  REQUEST_TIMEOUT: "A request to the API did not arrive in time.",
  REQUEST_TOO_LARGE: "The body or the header of a request to the API is too large.",
  ROUTE_UNKNOWN: "The API has no such path.",
  STATE_UNSAFE: "The agent's state directory cannot be prepared safely.",
  SYSTEMD_UNREACHABLE: "forge cannot connect to systemd to get the state of the agents.",
  TERMINAL_DOWN:
    "The agent's terminal does not exist, because the agent is not running, or it was closed during the command.",
  TERMINAL_MISSING: "The command shows an agent's terminal and needs a terminal of its own.",
  TOKENS_INVALID:
    "The file with the tokens of the API cannot be read, has a wrong line, or can be read by others.",
  TOKEN_REFUSED: "A request to the API has no valid token.",
  TOOL_FAILED: "A program that forge ran for you ended in failure, for the reason that it printed.",
  TOOL_MISSING: "A program that forge needs is not installed.",
  TURN_GOES_ON: "A turn was to be ended, and the terminal still shows it.",
  UNIT_FAILED: "systemd could not start, stop or restart an agent.",
  UNIT_SETTING_UNKNOWN:
    "The agent's unit has a setting that forge-agent-<name> cannot apply when a user runs it in a terminal.",
  USAGE: "A command line has an unknown command or flag, or lacks an argument.",
  VIEW_MISSING: "This host does not show the terminals of its agents.",
  WORKSPACE_FOREIGN:
    "The agent's workspace is a repository of another user, and git refuses to work there. The agent starts.",
  WORKSPACE_UNWRITABLE:
    "The agent's user may not write to the workspace, or to the repository that a linked worktree belongs to.",
  WORKSPACE_MISSING:
    "The agent's workspace does not exist, is not a directory, or its user has no permission to enter it.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === "string" && Object.hasOwn(ERRORS, code);
