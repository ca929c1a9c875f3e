# shellcheck shell=bash
main() { # plan folder, further arguments of the harness
  read_plan "${1-}"
  lock_state
  read_credentials
  read_environment_files
  remove_undeclared_files
  make_directories
  lay_files
  lay_links
  find_workspaces
  trust_workspaces
  merge_seeds
  check_databases
  choose_conversation
  enter_workspace
  check_harness
  report_to_terminal
  record_start
  compose_command "${@:2}"
}
main "$@"

# Outside of any function, so that no local variable hides a secret. `unset` takes from names such as RANDOM what they
# mean to bash. Nothing of bash runs after this.
for _name in "${!_secrets[@]}"; do
  unset -v "$_name"
  export "$_name=${_secrets[$_name]}"
done
exec @coreutils@/env "${_command[@]}"
