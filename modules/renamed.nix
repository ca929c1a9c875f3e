# Options that have another name now. The old one works, with a warning, until the next major version.
{ lib, ... }:
{
  _class = "nixos";

  # Options of an agent cannot be renamed so: a module of each agent would cost every evaluation too much.
  imports = [
    (lib.mkRenamedOptionModule
      [ "services" "forge" "tools" ]
      [ "services" "forge" "defaultPackages" ]
    )
  ];
}
