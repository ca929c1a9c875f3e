# shellcheck shell=bash
# Declared files are symbolic links into the plan folder. `.forge/laid` lists those of the last start, so that a file
# which left the declaration leaves the agent as well.

# True for an entry of the list that is below the state directory and reached through no link. The harness can write
# the list, so an entry may name anything.
is_removable() {
  local path=$_state rest=$1
  [[ -n $1 && /$1/ != *//* && /$1/ != */./* && /$1/ != */../* && $1 != .forge/* ]] || return
  while [[ $rest == */* ]]; do
    path+=/${rest%%/*} rest=${rest#*/}
    [[ ! -L $path && -d $path ]] || return
    [[ -w $path && -x $path ]] || @coreutils@/chmod u+rwx -- "$path" || return
  done
  [[ -L $path/$rest ]] || [[ -e $path/$rest && ! -d $path/$rest ]]
}

read_laid() { # array
  local list=$_state/.forge/laid
  if is_file "$list"; then
    [[ -r $list ]] || @coreutils@/chmod u+rw -- "$list"
    mapfile -d '' -t "$1" <"$list"
  else
    is_absent "$list" || move_aside "$list" displaced
  fi
}

remove_undeclared_files() {
  local laid=() undeclared=() file before after
  local -A declared=()
  want_directory "$_state/.forge"
  make_missing
  for file in "${_files[@]}"; do declared[/$file]=1; done # the slash: bash takes some names for more than a key
  read_laid laid
  for file in "${laid[@]}"; do
    [[ -n ${declared[/$file]-} ]] || ! is_removable "$file" || undeclared+=("$_state/$file")
  done
  ((${#undeclared[@]} == 0)) || @coreutils@/rm -f -- "${undeclared[@]}" ||
    unsafe "files that are no longer declared cannot be removed from $_state" "remove them"
  printf -v before '%q ' "${laid[@]}"
  printf -v after '%q ' "${_files[@]}"
  [[ $before == "$after" ]] || put "$_state/.forge/laid" '%s\0' "${_files[@]}"
}

# The plan lists parents before their children, so no link is followed on the way down.
make_directories() {
  local directory
  for directory in "${_directories[@]}"; do want_directory "$_state/$directory"; done
  make_missing
}

lay_files() {
  local file
  for file in "${_files[@]}"; do
    [[ -L $_state/$file || ! -d $_state/$file ]] || move_aside "$_state/$file" displaced
  done
  ((${#_files[@]} == 0)) || @coreutils@/cp -rsT --remove-destination -- "$_plan/home" "$_state" ||
    unsafe "declared files cannot be written to $_state" "free disk space, or see the message above"
}
