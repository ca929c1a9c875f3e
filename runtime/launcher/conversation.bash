# shellcheck shell=bash
# Continues the agent's conversation, unless the last attempt ended within 15 s without a sign of life.
# forge-signal writes `.forge/session` and, on every signal, removes `.forge/resumed`, the time of the last attempt.

# Leaves in _resume the arguments that continue the conversation: none when there is nothing to continue.
choose_conversation() {
  local session='' tried=0 runtime own=$_state/.forge
  if ((${#_resume[@]} == 0)) || ! is_file "$own/session"; then
    _resume=()
    return
  fi
  { read -r session <"$own/session"; } 2>/dev/null
  ! is_file "$own/resumed" || { read -r tried <"$own/resumed"; } 2>/dev/null
  [[ $tried =~ ^[1-9][0-9]{0,11}$ ]] || tried=0
  # A supervisor keeps the status record when it restarts an agent, and removes it after a stop. So an attempt that
  # ended in a stop does not count against the conversation.
  inherited RUNTIME_DIRECTORY
  runtime=$_value
  [[ -z $runtime || -e $runtime/status ]] || tried=0
  # The harness can write the session's name, and it becomes an argument.
  if [[ ! $session =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$ ]] || ((EPOCHSECONDS - tried < 15)); then
    move_aside "$own/session" unusable
    _resume=()
  else
    put "$own/resumed" '%s\n' "$EPOCHSECONDS"
    _resume=("${_resume[@]//\{session\}/$session}")
  fi
}
