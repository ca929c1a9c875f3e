# Types that lib.types does not have.
{ lib }:
let
  inherit (lib) types;

  inStore = value: lib.isString value && lib.hasPrefix "${builtins.storeDir}/" value;
  file = types.addCheck types.path (value: builtins.isPath value || inStore value);
in
{
  /**
    Text, or a file that holds it. Several definitions are joined by line breaks.
  */
  text = types.coercedTo file builtins.readFile types.lines // {
    description = "text, or a file that holds it";
  };
}
