# shellcheck shell=bash
# Files of NAME=value lines, as people know them from EnvironmentFile= of systemd. They come as credentials, and their
# variables are handed on as secrets are. A line that programs read in different ways is refused.

_file_variables=() # names, each once

read_environment_files() {
  local i directory refused paths=()
  inherited CREDENTIALS_DIRECTORY
  directory=$_value
  read_list paths environment-files # after the names that no variable can have
  refused=${paths[0]} paths=("${paths[@]:1}")
  for i in "${!paths[@]}"; do
    read_environment_file "environmentFiles.$i: ${paths[i]}" "$directory/environment-$i" "$refused"
  done
}

bad_environment() { # file, what is wrong, what to do
  fail 78 ENVIRONMENT_FILE_INVALID "$1$2" "${3:-write one NAME=value on each line, and a value with other than plain characters in single quotes}"
}

read_environment_file() { # what it is called, file, names that are refused
  local called=$1 file=$2 refused=$3 line='' number=0 name
  [[ -f $file && -r $file ]] || bad_environment "$called" " did not come with the start" "create the file, then start the agent again"
  ! IFS= read -r -d '' line <"$file" || bad_environment "$called" " holds a NUL byte"
  while IFS= read -r line || [[ -n $line ]]; do
    ((++number))
    line=${line%$'\r'} line=${line#"${line%%[![:blank:]]*}"} line=${line%"${line##*[![:blank:]]}"}
    [[ -n $line && $line != ['#;']* ]] || continue
    [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || bad_environment "$called" ", line $number: expected NAME=value"
    name=${BASH_REMATCH[1]}
    environment_value "${BASH_REMATCH[2]}" ||
      bad_environment "$called" ", line $number: programs read the value of $name in different ways" "put the value in single quotes"
    check_file_variable "$called, line $number: " "$name" "$refused"
    ((${#_value} + ${#name} < 131000)) || bad_environment "$called" ", line $number: the value of $name is too long for a variable"
    [[ -v _secrets[$name] ]] || _file_variables+=("$name")
    _secrets[$name]=$_value
  done <"$file"
}

environment_value() { # what follows the =; sets _value, false if it is not the same to everyone
  local in_double='^"([^"\$`]|\\["\$`])*"$' in_single="^'[^']*'\$"
  local special=$'[[:space:]#\042\047\134$\140]' # and quotes of each kind, \, $
  if [[ $1 =~ $in_single ]]; then
    _value=${1:1:-1}
  elif [[ $1 =~ $in_double ]]; then
    _value=${1:1:-1}
    _value=${_value//'\"'/'"'} _value=${_value//'\$'/'$'} _value=${_value//'\`'/'`'} _value=${_value//'\\'/'\'}
  else
    [[ ! $1 =~ $special ]] && _value=$1
  fi
}

check_file_variable() { # where, name, names that are refused
  local pair
  [[ ! $2 =~ $3 ]] || bad_environment "$1" "the agent's programs cannot get $2" "take the line out"
  for pair in "${_environment[@]}" "${_secret_paths[@]}"; do
    [[ $pair != "$2="* ]] || bad_environment "$1" "$2 has another source: forge, environment or secrets" "take the line out"
  done
  [[ ! -v _secret_files[$2] ]] || bad_environment "$1" "$2 is one of the agent's secrets" "take the line out, or secrets.$2"
}
