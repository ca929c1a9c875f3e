# Options that have another name now. The old one works, with a warning, until the next major version.
{ lib, ... }:
{
  _class = "nixos";

  imports = [
    (lib.mkRenamedOptionModule
      [ "services" "forge" "tools" ]
      [ "services" "forge" "defaultPackages" ]
    )
  ];
}
