# shellcheck shell=bash
# Safe handling of paths below the state directory, where the harness may have left anything: links, FIFOs,
# directories without permissions. Nothing here follows a symbolic link.

_missing=() # directories to create, parents first

is_file() { [[ ! -L $1 && -f $1 ]]; }
is_absent() { [[ ! -L $1 && ! -e $1 ]]; }

move_aside() { # path, reason
  @coreutils@/mv -fT -- "$1" "$1.$2-$EPOCHREALTIME" || unsafe "$1 cannot be moved out of the way" "move it yourself"
  printf 'forge: %s was in the way; it is now beside it, with .%s-… in its name\n' "$1" "$2" >&2
}

# Makes sure that a real directory is there which we can use. Creating it waits for make_missing, as one mkdir for
# all is faster than one for each.
want_directory() {
  if [[ ! -L $1 && -d $1 ]]; then
    [[ -r $1 && -w $1 && -x $1 ]] || @coreutils@/chmod u+rwx -- "$1" ||
      unsafe "$1 cannot be read and written" "make this user its owner"
  else
    is_absent "$1" || move_aside "$1" displaced
    _missing+=("$1")
  fi
}

make_missing() {
  ((${#_missing[@]} == 0)) || @coreutils@/mkdir -- "${_missing[@]}" ||
    unsafe "directories in $_state cannot be created" "free disk space, or see the message above"
  _missing=()
}

# Removes whatever stands at a path of our own, so that writing there follows no link and waits for no FIFO.
clear_path() {
  is_absent "$1" || @coreutils@/rm -rf -- "$1" || unsafe "$1 cannot be removed" "remove it"
}

# Writes all of the text or none of it: first to the temporary path, then renamed.
replace_file() { # temporary path, file, format, values
  clear_path "$1"
  # shellcheck disable=SC2059 # every caller gives a constant format
  { printf "$3" "${@:4}" >"$1"; } 2>/dev/null && @coreutils@/mv -fT -- "$1" "$2"
}

put() { # file in the state directory, format, values
  replace_file "$_state/.forge/new" "$@" || unsafe "$1 cannot be written" "free disk space, or see the message above"
}
