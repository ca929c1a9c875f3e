#!@bash@ -p
# Starts one agent from its plan folder: launch PLAN_FOLDER [argument of the harness …]
# The plan folder holds every decision; this script applies them. It calls every program by absolute path.
# nix/scripts.nix and runtime/render.ts join it from the parts that runtime/scripts.json lists, in that order.
#
# Variables that parts share begin with _ and no secret may be named so; all others are local to a function.
# So a secret, which is exported under its own name, never meets a variable of this script.

# Bash passes on variables that it cannot name (BASH_FUNC_x%%, a.b). So the script starts itself once more, with an
# empty environment; the variables in this list come along as arguments. TMUX is not in the list: the harness would
# talk to the tmux server that holds it. JOURNAL_STREAM is not: the agent's terminal is not the journal.
if [[ ${1-} != --clean ]]; then
  _inherited=()
  for _name in TERM COLORTERM CREDENTIALS_DIRECTORY INVOCATION_ID RUNTIME_DIRECTORY STATE_DIRECTORY FORGE_RUN; do
    [[ ${!_name@a} == *x* ]] && _inherited+=("$_name=${!_name}")
  done
  exec -c @bash@ -p "$0" --clean "${#_inherited[@]}" "${_inherited[@]}" "$@"
fi
_inherited=("${@:3:$2}")
shift "$(($2 + 2))"

set -fu
umask 077
unset -v PATH CDPATH _name
LC_ALL=C # lengths and patterns count bytes
