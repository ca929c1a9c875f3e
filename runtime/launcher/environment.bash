# shellcheck shell=bash
# What the harness is started with: its environment and its arguments.

inherited() { # name; leaves the inherited value in _value, empty if there is none
  local pair
  _value=
  for pair in "${_inherited[@]}"; do [[ $pair != "$1="* ]] || _value=${pair#*=}; done
}

check_harness() {
  [[ -f ${_argv[0]} && -x ${_argv[0]} ]] ||
    fail 78 HARNESS_NOT_FOUND "${_argv[0]} cannot be run" "check the agent's package"
}

# Leaves the arguments of env in _command. Variables go by env, as bash keeps some names for itself (RANDOM) and
# exports others (SHLVL). Secrets are not among them, as arguments are visible to everyone.
compose_command() { # further arguments of the harness
  local pair
  _command=(-u PWD -u OLDPWD -u SHLVL --)
  for pair in "${_inherited[@]}"; do
    [[ -v _secrets[${pair%%=*}] ]] || _command+=("$pair") # a secret of the same name wins
  done
  _command+=("${_environment[@]}" "${_secret_paths[@]}" "${_argv[0]}" "${_resume[@]}"
    "${_trust_arguments[@]}" "${_argv[@]:1}" "$@")
}
