# shellcheck shell=bash
# Secrets come from the credential directory of systemd or forge up, never from an inherited variable. They are read
# before anything is changed, so that a start without them changes nothing.

declare -A _secrets=() # values of variables, by name
declare -A _secret_files=() # paths of their files, by the same name
_secret_paths=() # NAME=path, of secrets that are delivered as a file

missing_secret() { # name, what is wrong, what to do
  fail 78 CREDENTIAL_MISSING "secrets.$1: $2" "$3"
}

read_secret() { # name, file
  local name=$1 value=
  # read succeeds only when it meets its delimiter, a NUL byte.
  ! IFS= read -r -d '' value <"$2" ||
    missing_secret "$name" "the file holds a NUL byte, which no variable can" "set secrets.$name.delivery to file"
  while [[ $value == *$'\n' ]]; do value=${value%$'\n'}; done
  [[ -n $value ]] || no_secret "$name"
  check_shape "$name" "$value"
  # Linux takes 128 KiB for one variable.
  ((${#value} + ${#name} < 131000)) ||
    missing_secret "$name" "the file is too long for a variable" "set secrets.$name.delivery to file"
  _secrets[$name]=$value _secret_files[$name]=$2
}

# What a provider would refuse much later, and with other words.
check_shape() { # name, value
  local name=$1 value=$2 odd=
  case $value in
    $'\xef\xbb\xbf'*) odd="begins with a byte order mark" ;;
    "$name="* | "export $name="*) odd="has $name= before the value" ;;
    *$'\r') odd="ends with a carriage return" ;;
    '"'*'"' | "'"*"'") odd="has quotes around the value" ;;
    '-----BEGIN '* | '{'*) ;;
    *$'\n'*) [[ $name != *_KEY && $name != *_TOKEN ]] || odd="has more than one line" ;;
  esac
  [[ -z $odd ]] || missing_secret "$name" "the file $odd" \
    "write only the value into the file that secrets.$name.file names, then start the agent again"
}

no_secret() { # name
  missing_secret "$1" "no readable, non-empty file came with the start" \
    "write the file that secrets.$1.file names, then start the agent again"
}

read_credentials() {
  local directory name delivery file unread
  inherited CREDENTIALS_DIRECTORY
  directory=$_value
  [[ -r $_plan/credentials ]] || read_list unread credentials
  while IFS=$'\t' read -r name delivery; do
    file=$directory/$name
    [[ -n $directory && -f $file && -r $file && -s $file ]] || no_secret "$name"
    if [[ $delivery == file ]]; then
      _secret_paths+=("$name=$file")
    else
      read_secret "$name" "$file"
    fi
  done <"$_plan/credentials"
}
