# shellcheck shell=bash
# What a person shares with the agent: linked where the person has it and the agent has nothing of its own.

lay_links() {
  local i link target
  for i in "${!_links[@]}"; do
    [[ $i == *[02468] ]] || continue # pairs of link and target
    link=$_state/${_links[i]} target=${_links[i + 1]}
    if [[ -e $target ]]; then
      [[ ! -L $link && -e $link ]] || @coreutils@/ln -sfnT -- "$target" "$link" ||
        unsafe "the link $link cannot be created" "free disk space, or see the message above"
    elif [[ -L $link ]]; then
      @coreutils@/rm -f -- "$link"
    fi
  done
}
