# shellcheck shell=bash
# Reports the start: to the terminal, and as the first record in the runtime directory.

report_to_terminal() {
  [[ -t 1 ]] || return 0
  printf '\e]2;\a' # a title that the last run left would look like readiness
  # To some recipes a sign that the conversation is loaded: the line is gone once the harness has cleared the terminal.
  ((${#_resume[@]} == 0)) || printf 'forge: goes on with its conversation\n'
}

# A start without a record is better than none, so a failure here is ignored.
record_start() {
  local runtime plan_in_json record
  inherited RUNTIME_DIRECTORY
  runtime=$_value
  [[ -n $runtime ]] || return 0
  umask 022 # other users read the records
  plan_in_json=${_plan//\\/\\\\} plan_in_json=${plan_in_json//\"/\\\"}
  printf -v record '{"at":%s,"state":"starting","event":"start","plan":"%s"}' \
    "$((${EPOCHREALTIME/[.,]/} / 1000))" "$plan_in_json"
  # `events` holds one run. Nothing else truncates it: forge-signal appends, as readers keep their place in it.
  is_file "$runtime/events" || clear_path "$runtime/events"
  { printf '%s\n' "$record" >"$runtime/events"; } 2>/dev/null
  # Readers of `status` see the last run's record or this one, never an empty file.
  replace_file "$runtime/status.new" "$runtime/status" '%s\n' "$record" 2>/dev/null
  umask 077
}
