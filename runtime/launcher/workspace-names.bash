# shellcheck shell=bash
# Names of the workspace: as declared, its real path, and the main checkout that a linked worktree of git belongs to.
# Some harnesses ask a person whether they trust one of these.

_workspaces=()

add_workspace() { # path
  local known
  for known in "${_workspaces[@]}"; do [[ $known != "$1" ]] || return 0; done
  _workspaces+=("$1")
}

# The first line of a file, in a variable. git writes paths so.
read_line() { # variable, file
  [[ -f $2 && -r $2 ]] && { IFS= read -r "$1" <"$2"; } 2>/dev/null
}

find_workspaces() {
  local at git='' common='' real=''
  add_workspace "$_workdir"
  { cd -P -- "$_workdir" && real=$PWD; } 2>/dev/null || return 0 # told later
  add_workspace "$real"
  at=$real
  until [[ -e $at/.git || -z $at ]]; do at=${at%/*}; done
  [[ -n $at ]] || return 0
  add_workspace "$at"
  read_line git "$at/.git" && [[ $git == 'gitdir: '* ]] || return 0
  { cd -P -- "$at" && cd -P -- "${git#gitdir: }" && git=$PWD; } 2>/dev/null || return 0
  read_line common "$git/commondir" || return 0 # a submodule has none
  { cd -P -- "$git" && cd -P -- "$common" && common=$PWD; } 2>/dev/null || return 0
  [[ $common != */.git ]] || add_workspace "${common%/.git}"
}

# Leaves in _trust_arguments what the plan's `trust` becomes for all names of the workspace.
_trust_arguments=()

trust_workspaces() {
  local path list=''
  ((${#_trust[@]} > 0)) || return 0
  for path in "${_workspaces[@]}"; do
    path=${path//\\/\\\\} path=${path//\"/\\\"} path=${path//$'\n'/\\n} path=${path//$'\t'/\\t}
    list+=${list:+,}${_trust[2]//'{workspace}'/"\"$path\""}
  done
  _trust_arguments=("${_trust[0]}" "${_trust[1]}$list${_trust[3]}")
}
