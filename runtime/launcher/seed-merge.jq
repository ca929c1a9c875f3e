# Merges each seed under what the harness wrote itself, which wins. Arguments: $count; for each seed $seed0, $seed1, …
# and, where the harness has the file, $found0, …; for each secret in a variable $secret_NAME. Prints a line for each
# seed: `=` when there is nothing to do, `+` and the new text, or `!` and the new text when the file is no JSON object.
$ARGS.named as $texts
| def tail($name; $length): $texts["secret_" + $name] | sub("\n+$"; "") | .[-$length:];
  def resolved:
    if type == "object" then
      if has("$credentialTail") then ."$credentialTail" as $of | tail($of.name; $of.length)
      else map_values(resolved) end
    elif type == "array" then map(resolved)
    else . end;
  def under($seed):
    if type == "object" and ($seed | type) == "object" then
      reduce ($seed | to_entries[]) as {$key, $value} (.;
        if has($key) then .[$key] |= under($value) else .[$key] = $value end)
    elif type == "array" and ($seed | type) == "array" then . + ($seed - .)
    else . end;
  range($count)
| ($texts["seed\(.)"] | fromjson | resolved) as $seed
| $texts["found\(.)"] as $found
| if ($found // "") == "" then "+\($seed | tojson)"
  else ($found | try fromjson catch null) as $before
    | if ($before | type) != "object" then "!\($seed | tojson)"
      else ($before | under($seed)) as $after
        | if $after == $before then "=" else "+\($after | tojson)" end
      end
  end
