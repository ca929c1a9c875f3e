import type { DescribedCommand } from "../command-tree.ts";
import { type Completable, completables, isOfAgents, NAMES_COMMAND } from "./words.ts";

const HELP = "--help";

/** The completion of bash; zsh runs it too. */
export function bashCompletion(tree: readonly DescribedCommand[]): string {
  const all = completables(tree);
  const paths = all.map(({ path }) => `"${path}"`).join("|");
  return `# Completion of forge for bash, from: forge completion bash
_forge() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" agents="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${path:+$path }\${COMP_WORDS[at]}" in
      ${paths}) path="\${path:+$path }\${COMP_WORDS[at]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
${all.flatMap(values).join("\n")}
    *)
      case "$path" in
        "") words="${tree.map(({ path }) => path).join(" ")} ${HELP} --version" ;;
${all.map(commandCase).join("\n")}
      esac
      ;;
  esac
  if [[ -n $agents && $cur != -* ]]; then words="$words $(${NAMES_COMMAND} 2>/dev/null)"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _forge forge
`;
}

/** After an option that takes a value: agents, or whatever the shell has, such as files. */
function values({ path, options }: Completable): readonly string[] {
  const taking = options.filter(({ value }) => value !== undefined);
  return [true, false].flatMap((ofAgents) => {
    const names = taking
      .filter(({ value }) => isOfAgents(value) === ofAgents)
      .flatMap((option) => option.names.map((name) => `"${path} ${name}"`));
    return names.length === 0 ? [] : [`    ${names.join("|")}) ${ofAgents ? "agents=1" : ":"} ;;`];
  });
}

function commandCase({ path, options, commands, takesAgents }: Completable): string {
  const words = [...commands, ...options.flatMap(({ names }) => names.slice(-1)), HELP];
  return `        "${path}") words="${words.join(" ")}"${takesAgents ? " agents=1" : ""} ;;`;
}

/** The same function, by zsh's own bridge. A file of zsh's fpath is the body of its first call. */
export const zshCompletion = (tree: readonly DescribedCommand[]): string =>
  `#compdef forge
autoload -U +X bashcompinit && bashcompinit
${bashCompletion(tree).replace("bash, from: forge completion bash", "zsh, from: forge completion zsh")}
if [[ \${funcstack[1]} = _forge ]]; then _bash_complete -o default -F _forge; fi
`;
