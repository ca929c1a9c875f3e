# What of the evaluated host is forge's, as one tree to lay over a machine that is no NixOS: units, users,
# files of /etc, programs.
{
  config,
  lib,
  options,
  pkgs,
  utils,
  ...
}:
let
  inherit (lib)
    attrValues
    concatMap
    concatStringsSep
    filter
    filterAttrs
    hasPrefix
    mapAttrsToList
    ;

  ours = filterAttrs (name: _: hasPrefix "forge" name || hasPrefix "lab-" name);

  # NixOS's own assembly of units, with the packages that can be built here.
  systemdLib = import (pkgs.path + "/nixos/lib/systemd-lib.nix") {
    inherit config lib utils;
    pkgs = pkgs // {
      buildPackages = pkgs;
    };
  };
  units = systemdLib.generateUnits {
    type = "system";
    units = ours config.systemd.units;
    upstreamUnits = [ ];
    upstreamWants = [ ];
    packages = filter (package: hasPrefix "forge-" package.name) config.systemd.packages;
  };
  userUnits = lib.mapAttrsToList (name: unit: "${unit.unit}/${name}") (ours config.systemd.user.units);

  users = filterAttrs (name: user: user.isNormalUser || hasPrefix "forge" name) config.users.users;
  groups = ours config.users.groups;
  people = mapAttrsToList (
    name: user:
    "u ${name} - \"${user.description}\" ${user.home} ${if user.isNormalUser then "/bin/bash" else "-"}"
  ) users;
  memberships = concatMap (
    name:
    let
      user = users.${name};
    in
    map (group: "m ${name} ${group}") (
      filter (group: groups ? ${group}) ([ user.group ] ++ user.extraGroups)
    )
  ) (lib.attrNames users);
  members = lib.concatLists (
    mapAttrsToList (group: { members, ... }: map (name: "m ${name} ${group}") members) groups
  );
  sysusers = lib.unique (
    map (group: "g ${group} -") (lib.attrNames groups) ++ people ++ memberships ++ members
  );

  isOurFile =
    name:
    lib.any (prefix: hasPrefix prefix name) [
      "forge/"
      "lab/"
    ];
  files = filterAttrs (name: _: isOurFile name) config.environment.etc;
  # By definition, as what the rest of NixOS adds needs a binary cache.
  definedHere =
    option:
    concatMap (definition: definition.value) (
      filter (definition: hasPrefix (toString ../..) definition.file) option.definitionsWithLocations
    );
  programs = definedHere options.environment.systemPackages;
  tmpfiles = definedHere options.systemd.tmpfiles.rules;
in
{
  options.lab.machine = lib.mkOption { type = lib.types.raw; };

  config.lab.machine = pkgs.runCommandLocal "lab-machine" { } ''
    mkdir -p $out/etc/systemd $out/etc/sysusers.d $out/etc/tmpfiles.d $out/usr/local/bin
    cp -r ${units} $out/etc/systemd/system
    chmod -R u+w $out
    cd $out/etc/systemd/system
    # Copies, as `systemctl` takes a unit in another folder for a linked one. The machine has its own targets.
    rm default.target ctrl-alt-del.target multi-user.target.wants/remote-fs.target
    find . -type l -lname '/nix/store/*' | while read -r link; do
      cp --remove-destination "$(readlink -f "$link")" "$link"
    done
    mkdir -p ../user/default.target.wants
    cp ${toString userUnits} ../user/
    for unit in ../user/*.service; do ln -s ../$(basename $unit) ../user/default.target.wants/; done
    cp ${pkgs.writeText "forge.conf" (lib.concatLines sysusers)} $out/etc/sysusers.d/forge.conf
    cp ${pkgs.writeText "forge.conf" (lib.concatLines tmpfiles)} $out/etc/tmpfiles.d/forge.conf
    ${concatStringsSep "\n" (
      map (file: ''
        mkdir -p $(dirname $out/etc/${file.target})
        cp ${file.source} $out/etc/${file.target}
      '') (attrValues files)
    )}
    for program in ${toString (map (package: "${package}/bin/*") programs)}; do
      ln -sf "$(readlink $program || echo $program)" $out/usr/local/bin/$(basename $program)
    done
  '';
}
