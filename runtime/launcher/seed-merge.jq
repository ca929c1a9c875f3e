# Merges each seed under what the harness wrote itself, which wins, except over { "$over": … }. Arguments: $count; for each
# seed $seed0, $seed1, … and, where the harness has the file, $found0, …; for each secret in a variable $secret_NAME; for
# variables of environment files $variables, as NAME=value ended by NUL; for
# each name of the workspace $workspace0, …, which become the keys of { "$workspaces": … }. Prints a line for each seed: `=`
# when there is nothing to do, `+` and the new text, or `!` and the new text when the file is no JSON object.
$ARGS.named as $texts
| [$texts | to_entries[] | select(.key | test("^workspace[0-9]+$")) | .value] as $workspaces
| ($texts.variables // "" | split("\u0000") | map(capture("^(?<key>[^=]+)=(?<value>.*)$"; "m")) | from_entries) as $variables
| def tail($name; $length): $texts["secret_" + $name] // $variables[$name] // empty | sub("\n+$"; "") | .[-$length:];
  def resolved:
    if type == "object" then
      if has("$credentialTail") then ."$credentialTail" as $of | tail($of.name; $of.length)
      elif has("$workspaces") then (."$workspaces" | resolved) as $of | [$workspaces[] | {(.): $of}] | add
      else map_values(resolved) end
    elif type == "array" then map(resolved)
    else . end;
  def plain:
    if type == "object" then if has("$over") then ."$over" else map_values(plain) end
    elif type == "array" then map(plain)
    else . end;
  def under($seed):
    if ($seed | type) == "object" and ($seed | has("$over")) then $seed."$over"
    elif type == "object" and ($seed | type) == "object" then
      reduce ($seed | to_entries[]) as {$key, $value} (.;
        if has($key) then .[$key] |= under($value) else .[$key] = ($value | plain) end)
    elif type == "array" and ($seed | type) == "array" then . + ($seed - .)
    else . end;
  range($count)
| ($texts["seed\(.)"] | fromjson | resolved) as $seed
| $texts["found\(.)"] as $found
| if ($found // "") == "" then "+\($seed | plain | tojson)"
  else ($found | try fromjson catch null) as $before
    | if ($before | type) != "object" then "!\($seed | plain | tojson)"
      else ($before | under($seed)) as $after
        | if $after == $before then "=" else "+\($after | tojson)" end
      end
  end
