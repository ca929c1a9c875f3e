# shellcheck shell=bash
# One agent runs once. The lock is on the state directory itself, as the harness could replace anything inside it.
# It lasts as long as the harness lives, which inherits the descriptor.

lock_state() {
  local lock
  [[ ! -L $_state ]] || unsafe "$_state is a symbolic link" "put a real directory there"
  [[ -d $_state ]] || @coreutils@/mkdir -p -- "$_state" || unsafe "$_state cannot be created" "create it for this user"
  [[ -O $_state ]] || unsafe "$_state belongs to another user" "start the agent as its owner, or change the owner"
  want_directory "$_state"
  { exec {lock}<"$_state"; } 2>/dev/null || unsafe "$_state cannot be opened" "make this user its owner"
  @flock@ -n "$lock"
  case $? in
    0) ;;
    1) fail 75 ALREADY_RUNNING "the agent of $_state already runs" "stop it first" ;;
    *) unsafe "$_state cannot be locked" "see the message above" ;;
  esac
}
