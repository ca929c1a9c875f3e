# Every option of services.forge as data. No package is looked at: the documentation must not depend on one.
{ lib, pkgs }:
let
  stub =
    lib.mapAttrs (
      name: _:
      throw "option documentation must not depend on pkgs.${lib.strings.escapeNixIdentifier name}; use defaultText"
    ) pkgs
    // {
      _type = "pkgs";
      inherit lib;
    };

  evaluated = lib.evalModules {
    class = "nixos";
    specialArgs = {
      pkgs = stub;
      utils = import (pkgs.path + "/nixos/lib/utils.nix") {
        inherit lib;
        config = throw "option documentation must not depend on a host";
        pkgs = stub;
      };
    };
    modules = [
      ../modules
      # The rest of NixOS is not there to take what the modules define.
      { _module.check = false; }
    ];
  };
in
lib.filter (option: option.visible && !option.internal) (
  lib.optionAttrSetToDocList evaluated.options.services.forge
)
