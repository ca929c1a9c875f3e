/** Each on a line of its own, indented by two. */
const QUESTIONS = [
  "Trust this folder[?]",
  "Hooks need review",
  "Update available · ",
  "Choose working directory",
  "Would you like to (run the following|make the following|grant these|send input)",
  "Do you want to approve network access",
];

/** The line of keys below every other question, that of a repaired database and of an MCP server too. */
const KEYS = "^ *Press [Ee]nter to co|(^ *|\\| )enter (to submit|continue|confirm)";

export const DIALOG = { screen: `^  (${QUESTIONS.join("|")})|${KEYS}` };

export const LOGIN = {
  screen:
    "^  (Choose how you want to use Codex|Sign in another way$|Finish signing in|Preparing device code|Use your own OpenAI API key)|^[> ] 1[.] Sign in with ChatGPT",
};
