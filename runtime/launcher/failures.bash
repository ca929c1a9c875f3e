# shellcheck shell=bash
# How a start is refused: a code, what is wrong, and what to do about it.

fail() { # exit status, code, what, what to do
  printf '%s: %s\n  → %s\n' "$2" "$3" "$4" >&2
  exit "$1"
}

warn() { # code, what, what to do
  printf '%s: %s\n  → %s\n' "$@" >&2
}

unsafe() { # what, what to do
  fail 78 STATE_UNSAFE "$1" "$2"
}
