# shellcheck shell=bash
# Reads the plan folder, which plan/build/folder.ts writes. Its lists are separated by NUL.

read_list() { # array, name of the list
  { mapfile -d '' -t "$1" <"$_plan/$2"; } 2>/dev/null ||
    fail 78 PLAN_UNREADABLE "$_plan/$2 cannot be read" "give the absolute path of a folder that forge plan build made"
}

read_plan() { # plan folder
  local place=()
  _plan=$1
  read_list place place
  _state=${place[0]} _workdir=${place[1]}
  read_list _argv argv
  read_list _environment env
  read_list _directories directories
  read_list _files files
  read_list _seeds seeds
  read_list _links links
  read_list _databases databases
  read_list _resume resume
  read_list _trust trust
}
