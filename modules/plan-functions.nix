# The few functions that generated plans are written in. Nix builtins only, so that a plan can be
# computed without nixpkgs.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    head
    listToAttrs
    mapAttrs
    ;
in
{
  each = list: function: concatMap function list;
  isEmpty = value: value == "" || value == [ ];
  join = concatStringsSep;
  mapValues = attrs: function: mapAttrs (_: function) attrs;
  optionalAttrs = condition: attrs: if condition then attrs else { };
  optionals = condition: list: if condition then list else [ ];
  # A dollar sign stands outside of the quotes: Gemini CLI fills in what looks like a variable.
  quote =
    text:
    "'${
      builtins.replaceStrings
        [
          "'"
          "$"
        ]
        [
          "'\\''"
          "'\\$'"
        ]
        text
    }'";
  select = tag: arms: arms.${tag};
  toAttrs =
    list: key: value:
    listToAttrs (
      map (element: {
        name = key element;
        value = value element;
      }) list
    );
  /**
    Opens a value of `lib.types.attrTag`, a set with one attribute: its tag.
  */
  variant =
    tagged: arms:
    let
      tag = head (attrNames tagged);
    in
    arms.${tag} tagged.${tag};
}
