# What a script sees at an agent's terminal; sourced.

# A server that an agent's output keeps busy may never answer. It also has what tmux gave it of who asks: standard input
# and output, which then never end.
holder() { @coreutils@/timeout --signal=KILL "${answer_within:-3}" @tmux@ -u -S "/run/forge/tty/$name/sock" "$@" </dev/null; }

look() { # sets tty, dead, title and screen (an array of lines); 1 without a terminal, 2 if it does not answer in time
  local seen=() line
  while IFS= read -rt "${answer_within:-3}" line; do seen+=("$line"); done < <(
    holder display-message -p -t =agent: $'#{pane_tty}\n#{pane_dead}\n#{pane_title}' \; \
      capture-pane -p -J -t =agent: 2>/dev/null
  )
  wait $!
  case $? in 0) ;; 1) return 1 ;; *) return 2 ;; esac
  ((${#seen[@]} > 2)) || return 1
  tty=${seen[0]} dead=${seen[1]} title=${seen[2]} screen=("${seen[@]:3}")
}

shows() { # sign: title:REGEX, screen:REGEX for any line (\n: and the next), or nothing, which never shows; sets where
  local sign parts at i
  case $1 in
    title:*) where=$title && [[ $title =~ ${1#title:} ]] && return ;;
    screen:*)
      sign=${1#screen:}
      mapfile -t parts <<<"${sign//'\n'/$'\n'}"
      for at in "${!screen[@]}"; do
        for i in "${!parts[@]}"; do [[ ${screen[at + i]-} =~ ${parts[i]} ]] || continue 2; done
        where=${screen[at]}
        return
      done
      ;;
  esac
  return 1
}

is_ready() { shows "$FORGE_READY" && ! shows "$FORGE_BUSY"; }

# As runtime/terminal/engine/signs.ts: tests/signs.test.ts compares them.
state_shown() { # sets state before the first prompt, and where it shows; false for no known state
  if shows "$FORGE_LOGIN"; then
    state=waiting-login
  elif shows "$FORGE_DIALOG"; then
    state=waiting-permission
  else
    is_ready && state=ready where=''
  fi
}

# As runtime/terminal/engine/excerpt.ts: tests/signs.test.ts compares them.
excerpt() { # lines; sets said, a JSON array of the last that say something: no control characters, bounded in size
  local i text bytes room=3000 count=0
  said=''
  for ((i = $#; i > 0 && count < 20; i--)); do
    text=${!i//[[:cntrl:]]/}
    text=${text:0:200}
    text=${text%"${text##*[![:space:]]}"} text=${text%[│┃]} text=${text%"${text##*[![:space:]]}"}
    [[ ! $text =~ ^' '?[│┃]' '? ]] || text=${text:${#BASH_REMATCH[0]}}
    [[ -n $text ]] || continue
    text=${text//'\'/'\\'} text=\"${text//'"'/'\"'}\"
    bytes_of "$text" && (((room -= bytes + 1) >= 0)) || break
    said=$text${said:+,$said} count=$((count + 1))
  done
  said=[$said]
}
bytes_of() { local LC_ALL=C && bytes=${#1}; }
