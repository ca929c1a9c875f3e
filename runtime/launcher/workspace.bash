# shellcheck shell=bash
# The working directory: whether the agent can work there, and git with it.

enter_workspace() {
  local why="workspace: $_workdir is no directory that this user may enter"
  cd -- "$_workdir" 2>/dev/null ||
    fail 78 WORKSPACE_MISSING "$why" "create it, and let the agent's user enter it and every directory above it"
  is_writable . || fail 78 WORKSPACE_UNWRITABLE "workspace: this user may not write to $_workdir" \
    "give it to the agent's user with chown, or let the agent run as its owner with runAs"
  check_repository
}

is_writable() { # directory
  [[ -d $1 && -w $1 && -x $1 ]]
}

# A linked worktree or a submodule keeps the index elsewhere, and its commits in the directory of the whole repository.
check_repository() {
  local own common
  [[ -e .git ]] || return 0
  [[ -O .git ]] || warn WORKSPACE_FOREIGN "workspace: $_workdir/.git belongs to another user, so git refuses to work there" \
    "chown it to the agent's user, or add it to safe.directory in /etc/gitconfig"
  [[ -f .git ]] || return 0
  { IFS= read -r own <.git; } 2>/dev/null
  [[ $own == 'gitdir: '* ]] || return 0
  own=${own#gitdir: } common=.
  if [[ ! -d $own ]]; then
    warn WORKSPACE_FOREIGN "workspace: $_workdir belongs to a repository at $own, which this user cannot see" \
      "add the repository's git directory to writablePaths"
    return
  fi
  { IFS= read -r common <"$own/commondir"; } 2>/dev/null
  [[ $common == /* ]] || common=$own/$common
  is_writable "$own" && is_writable "$common" ||
    fail 78 WORKSPACE_UNWRITABLE "workspace: $_workdir belongs to the repository at $common, to which this user may not write" \
      "add the repository's git directory to writablePaths, and give it to the agent's user"
}
