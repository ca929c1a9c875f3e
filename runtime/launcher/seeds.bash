# shellcheck shell=bash
# Seeds are merged into files that the harness writes itself. One jq merges all, as starting it is what costs time.

_merge='@seed_merge@'

# Variables of environment files have no file of their own.
open_variables() { # sets _variables, a descriptor
  local name
  exec {_variables}< <(for name in "${_file_variables[@]}"; do printf '%s=%s\0' "$name" "${_secrets[$name]}"; done)
  _merge_arguments+=(--rawfile variables "/dev/fd/$_variables")
}

# The arguments that seed-merge.jq reads, as _merge_arguments. Secrets go by their files: an argument is visible to
# everyone, and a variable could mean something to jq.
collect_seeds() {
  local i target name
  _merge_arguments=(--argjson count "${#_seeds[@]}")
  for name in "${!_secret_files[@]}"; do _merge_arguments+=(--rawfile "secret_$name" "${_secret_files[$name]}"); done
  for i in "${!_workspaces[@]}"; do _merge_arguments+=(--arg "workspace$i" "${_workspaces[i]}"); done
  for i in "${!_seeds[@]}"; do
    target=$_state/${_seeds[i]}
    is_file "$target" || is_absent "$target" || move_aside "$target" displaced
    _merge_arguments+=(--rawfile "seed$i" "$_plan/seed/${_seeds[i]}")
    is_file "$target" || continue
    [[ -r $target ]] || @coreutils@/chmod u+rw -- "$target" || unsafe "$target cannot be read" "make this user its owner"
    _merge_arguments+=(--rawfile "found$i" "$target")
  done
}

merge_seeds() {
  local lines i _variables='' IFS=$'\n' # jq prints one line for each seed, and none is empty
  ((${#_seeds[@]} > 0)) || return 0
  collect_seeds
  ((${#_file_variables[@]} == 0)) || open_variables
  # A substitution, as bash reads it in blocks; mapfile would read a pipe byte by byte.
  lines=($(@jq@ -nr "${_merge_arguments[@]}" "$_merge")) && ((${#lines[@]} == ${#_seeds[@]})) ||
    unsafe "the harness's own files in $_state cannot be seeded" "see the message above"
  [[ -z $_variables ]] || exec {_variables}<&-
  for i in "${!_seeds[@]}"; do
    [[ ${lines[i]} != !* ]] || move_aside "$_state/${_seeds[i]}" corrupt
    [[ ${lines[i]} == '=' ]] || put "$_state/${_seeds[i]}" '%s\n' "${lines[i]:1}"
  done
}
