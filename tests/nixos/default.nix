# What the cases evaluate and build; lab.ts shows how to get at it by hand.
{
  nixpkgs,
  sops-nix,
  node,
}:
let
  lib = import (nixpkgs + "/lib");
  pkgs = import ./packages.nix { inherit nixpkgs node; };

  systemOf =
    modules:
    import (nixpkgs + "/nixos/lib/eval-config.nix") {
      system = null;
      modules = [ ../../modules ] ++ modules;
    };

  # A container needs no boot loader and no disks.
  small = {
    boot.isContainer = true;
    system.stateVersion = "26.11";
    services.forge.enable = true;
  };

  # Packages that can be built here, with stand-ins for the harnesses.
  buildable =
    { config, ... }:
    let
      harnesses = map (lib.removeSuffix ".nix") (
        lib.attrNames (builtins.readDir ../../modules/harnesses)
      );
      standIn =
        harness:
        pkgs.writeShellScriptBin config.services.forge.harnesses.${harness}.recipe.bin "exec cat"
        // {
          pname = harness;
          version = "1.2.3";
        };
    in
    {
      nixpkgs.pkgs = pkgs;
      services.forge = {
        defaultPackages = [
          pkgs.bash
          pkgs.coreutils
        ];
        harnesses = lib.genAttrs harnesses (harness: {
          package = standIn harness;
        });
      };
    };

  # A discriminated union of zod is an attrTag here.
  tagged =
    { kind, ... }@server:
    {
      ${kind} = removeAttrs server [ "kind" ];
    };

  partsOf =
    system:
    let
      inherit (system.config.services) forge;
      unit = name: system.config.systemd.units."${name}.service".unit;
      common = lib.findFirst (
        package: package.name or "" == "forge-agent-units"
      ) null system.config.systemd.packages;
    in
    {
      inherit (system) config;
      # An agent's unit as systemd reads it, with those of its terminal.
      units =
        name:
        pkgs.runCommand "units" { } ''
          mkdir -p $out/forge-agent-${name}.service.d
          cp ${common}/lib/systemd/system/forge-agent-${name}.service $out/
          cp ${unit "forge-agent-${name}"}/* $out/forge-agent-${name}.service.d/overrides.conf
          cp ${
            toString (
              map (name: "${system.config.systemd.units.${name}.unit}/*") [
                "forge-disk.service"
                "forge-gave-up@.service"
                "forge-journal.service"
                "forge-journal.socket"
                "forge-take.socket"
                "forge-take@.service"
                "forge-terminals.service"
                "forge-terminals.socket"
                "forge-view.socket"
                "forge-view@.service"
              ]
            )
          } $out/
        '';
      folder = name: forge.instances.${name}.folder;
      plans = lib.mapAttrs (_: instance: instance.plan) forge.instances;
      places = lib.mapAttrs (_: instance: instance.place) forge.instances;
    };
in
{
  inherit lib pkgs;

  /**
    A host of deployments/ as it is, but for its packages.
  */
  host =
    name:
    partsOf (systemOf [
      buildable
      (sops-nix + "/modules/sops")
      (../../deployments + "/${name}/configuration.nix")
      {
        networking.hostName = lib.mkDefault name;
        nixpkgs.config = lib.mkForce { };
        nixpkgs.hostPlatform = lib.mkForce { };
      }
    ]);

  /**
    A small system with further modules.
  */
  system =
    modules:
    partsOf (
      systemOf (
        [
          buildable
          small
        ]
        ++ modules
      )
    );

  /**
    A small system with a fleet of `forge up`, from its JSON.
  */
  fleet =
    file:
    let
      declared = lib.importJSON file;
    in
    {
      services.forge = declared // {
        mcpServers = lib.mapAttrs (_: tagged) (declared.mcpServers or { });
      };
    };

  /**
    A small system on nixpkgs itself, with one mistake of bad/.
  */
  bad =
    name:
    systemOf [
      small
      ./bad/base.nix
      (./bad + "/${name}.nix")
    ];
}
