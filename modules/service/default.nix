# forge-agent-<name>.service has two parts, where a plain `systemd.services` entry would have one:
#
# - unit-template.nix: what all agents of a harness have in common. It is written once per harness as a unit file, as
#   packages ship them, and a build step puts each agent's name in. Sandbox, terminal, stop and restarts are here.
# - drop-in.nix: what an agent has of its own, as an ordinary `systemd.services` entry. It becomes a drop-in.
#
# The reason is the cost of evaluation: each setting of an entry costs every agent, and hosts have hundreds. An agent
# may cost 1.5 times a bare unit (docs/benchmarks.md). The price is that `config.systemd.services` shows the drop-in
# only: `lib.mkForce` there replaces nothing that unit-template.nix sets. It need not, as systemd reads the drop-in
# after the shared part: `services.forge.agents.<name>.serviceConfig` and `systemd.services.forge-agent-<name>` override
# either. `systemctl cat forge-agent-<name>` shows the whole.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  cfg = config.services.forge;
  text = import ./text.nix { inherit lib; };
  template = import ./unit-template.nix {
    inherit
      lib
      pkgs
      text
      utils
      ;
  };
  dropIn = import ./drop-in.nix { inherit lib pkgs text; };
  homeOf = import ./home.nix { inherit lib pkgs text; };

  units = template.units cfg.harnesses cfg.instances;
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    systemd.packages = [ units ];

    systemd.services =
      lib.mapAttrs' (
        name: instance: lib.nameValuePair "forge-agent-${name}" (dropIn name instance)
      ) cfg.instances
      // lib.mapAttrs' (name: instance: lib.nameValuePair "forge-home-${name}" (homeOf name instance)) (
        lib.filterAttrs (_: instance: instance.agent.useHome) cfg.instances
      );

    systemd.slices.forge-agents = {
      description = "forge agents";
      # All agents together leave the host what it needs to stop them.
      sliceConfig.MemoryMax = lib.mkDefault "90%";
    };

    environment.systemPackages = [
      cfg.package
      units # each agent as a program, too
    ];
  };
}
