/** Questions before the first prompt; each stands below a rule, indented. */
const AT_START = [
  "Choose the text style",
  "Quick safety check", // of trust in the folder
  "Do you want to use this API key",
  "New MCP server found in",
  "[0-9]+ new MCP servers found in",
  "Allow external CLAUDE.md",
  "WARNING: (Claude Code running in Bypass|Loading development channels)",
  "(Settings|Configuration) [Ee]rror$",
  "Managed settings require approval",
  "Updates to Consumer Terms",
  "You.+re resuming .* session",
];

const IN_A_TURN = ["Exit plan mode[?]", "Ready to code[?]"];

/** The line of keys below a question that we do not know; more than one choice has another. */
const KEYS = "^ *(Enter to (confirm|select)|Space to select) ";

export const DIALOG = {
  screen: `^ {1,4}(${[...AT_START, ...IN_A_TURN].join("|")})|^ *Do you want to (proceed|make this edit|create |overwrite |allow Claude)|${KEYS}`,
};

export const LOGIN = {
  screen: "^ *(Select login method|Paste code here if prompted)|^ {9,}Not logged in",
};
