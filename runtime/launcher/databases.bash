# shellcheck shell=bash
# Moves SQLite databases aside that a crash damaged: a harness may hang on one, and creates a new one where there is
# none.

# Only SQLite knows what is damaged. A database that is busy or too big to check in time is not.
is_damaged() {
  local output
  output=$(@coreutils@/timeout 10 @sqlite3@ -readonly -batch -init /dev/null "$1" 'pragma quick_check(1)' 2>&1 </dev/null)
  [[ $output == '*** in database '* || $output == *'disk image is malformed'* || $output == *'file is not a database'* ]]
}

check_databases() {
  local database parts file
  for database in "${_databases[@]}"; do
    # The log goes first, as a new database would take it for its own.
    parts=("$_state/$database"-{wal,shm} "$_state/$database")
    for file in "${parts[@]}"; do is_file "$file" || is_absent "$file" || move_aside "$file" displaced; done
    is_file "$_state/$database" && is_damaged "$_state/$database" || continue
    for file in "${parts[@]}"; do is_absent "$file" || move_aside "$file" corrupt; done
  done
}
