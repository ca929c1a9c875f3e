# From declarations to plans: what every other module reads is `services.forge.instances`.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;

  launcher = pkgs.callPackage ../nix/launcher.nix { };
  forge = lib.getExe' cfg.package "forge";
  path = lib.makeBinPath cfg.tools;
  library = { inherit (cfg) mcpServers plugins skills; };

  instance =
    name: agent:
    let
      harness = cfg.harnesses.${agent.harness};
      package = if agent.package == null then harness.package else agent.package;
      home = "/var/lib/forge/${name}";
      subject = {
        inherit agent library;
        options = agent.${agent.harness};
        place = {
          inherit name home;
          workdir = if agent.workspace == null then "${home}/workspace" else agent.workspace;
          bin = "${package}/bin/${harness.recipe.bin}";
          path = if agent.tools == [ ] then path else "${lib.makeBinPath agent.tools}:${path}";
          shell = lib.getExe pkgs.bash;
          package = {
            name = lib.getName package;
            version = lib.getVersion package;
          };
        };
      };
      plan = harness.recipe.plan subject;
    in
    {
      inherit agent package plan;
      inherit (subject.place) home workdir;
      user = if agent.runAs == null then "forge-a-${name}" else agent.runAs;
      problems = harness.recipe.rules subject;
      folder = planFolder name plan;
    };

  planFolder =
    name: plan:
    pkgs.runCommandLocal "forge-agent-${name}"
      {
        plan = builtins.toJSON plan;
        passAsFile = [ "plan" ];
      }
      ''
        ${forge} plan build "$planPath" "$out" --launcher ${launcher}
      '';
in
{
  _class = "nixos";

  options.services.forge.instances = lib.mkOption {
    type = lib.types.raw;
    internal = true;
    readOnly = true;
    description = "Enabled agents with everything derived from them: plan, plan folder, user, directories.";
  };

  # A name that can be neither a unit nor a user is refused by assertions.nix; here it would only fail earlier.
  config.services.forge.instances = lib.mapAttrs instance (
    lib.filterAttrs (
      name: agent: agent.enable && builtins.match "[a-z][a-z0-9-]*" name != null
    ) cfg.agents
  );
}
