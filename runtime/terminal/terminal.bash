# What a script sees at an agent's terminal; sourced.
holder() { @tmux@ -u -S "/run/forge/tty/$name/sock" "$@"; }

look() { # sets tty, dead, title and screen (an array of lines); false without a terminal
  local seen=()
  mapfile -t seen < <(holder display-message -p -t =agent: $'#{pane_tty}\n#{pane_dead}\n#{pane_title}' \; \
    capture-pane -p -J -t =agent: 2>/dev/null)
  ((${#seen[@]} > 2)) || return 1
  tty=${seen[0]} dead=${seen[1]} title=${seen[2]} screen=("${seen[@]:3}")
}

shows() { # sign: title:REGEX, screen:REGEX for any line (\n: and the next), or nothing, which never shows
  local sign parts at i
  case $1 in
    title:*) [[ $title =~ ${1#title:} ]] && return ;;
    screen:*)
      sign=${1#screen:}
      mapfile -t parts <<<"${sign//'\n'/$'\n'}"
      for at in "${!screen[@]}"; do
        for i in "${!parts[@]}"; do [[ ${screen[at + i]-} =~ ${parts[i]} ]] || continue 2; done
        return
      done
      ;;
  esac
  return 1
}

is_ready() { shows "$FORGE_READY" && ! shows "$FORGE_BUSY"; }
