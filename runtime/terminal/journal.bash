# One line about the agent in the journal; sourced. Its unit's environment says which agent it is.
tell() { # priority, event, what the agent does, further fields
  local priority
  case $1 in info) priority=6 ;; notice) priority=5 ;; warning) priority=4 ;; *) priority=3 ;; esac
  printf '%s\n' SYSLOG_IDENTIFIER=forge "PRIORITY=$priority" "MESSAGE=$FORGE_AGENT $3" "FORGE_EVENT=$2" \
    "FORGE_AGENT=$FORGE_AGENT" "FORGE_HARNESS=${FORGE_HARNESS-}" "${@:4}" | @forge_tell@
}
