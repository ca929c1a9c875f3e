# From declarations to plans: what every other module reads is `services.forge.instances`.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  runtime = import ./generated/runtime.nix;

  scripts = pkgs.callPackage ../nix/scripts.nix { };
  planBuilder = lib.getExe (pkgs.callPackage ../nix/plan-builder.nix { });
  path = lib.makeBinPath cfg.defaultPackages;
  library = { inherit (cfg) mcpServers plugins skills; };

  harnesses = lib.mapAttrs (
    name: harness:
    let
      assets = ../harnesses + "/${name}/assets";
    in
    harness
    // {
      assets = lib.optionalString (builtins.pathExists assets) "${builtins.path {
        name = "forge-assets-${name}";
        path = assets;
      }}";
      # Once per harness, not per agent that leaves them alone.
      defaults =
        (lib.evalModules {
          modules = [ { options = harness.recipe.agentOptions; } ];
          prefix = [
            "services"
            "forge"
            "agents"
            "<name>"
            name
          ];
        }).config;
      adapter =
        if harness.adapter or null == null then
          null
        else
          lib.getExe' harness.adapter harness.recipe.adapterBin;
    }
  ) cfg.harnesses;

  instance =
    name: agent:
    let
      harness = harnesses.${agent.harness};
      own = agent.${agent.harness};
      package = if agent.package == null then harness.package else agent.package;
      # assertions.nix refuses a user that is not declared.
      person =
        if agent.useHome then config.users.users.${toString agent.runAs}.home or "/var/empty" else null;
      home =
        if agent.useHome then
          "${person}/.local/state/forge/agents/${name}"
        else
          "${runtime.paths.state}/${name}";
      subject = {
        inherit agent library;
        options = if own == null then harness.defaults else own;
        place = {
          inherit name home person;
          inherit (harness) adapter assets;
          confined = true;
          signal = "${scripts.signal}";
          workdir = if agent.workspace == null then "${home}/workspace" else agent.workspace;
          bin = "${package}/bin/${harness.recipe.bin}";
          path =
            if agent.extraPackages == [ ] then path else "${lib.makeBinPath agent.extraPackages}:${path}";
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
      inherit
        agent
        package
        plan
        ;
      inherit (subject) place;
      login = if agent.useHome then "${person}/${harness.recipe.loginFolder}" else null;
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
        ${planBuilder} "$planPath" "$out" ${scripts.launcher}
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
      name: agent: agent.enable && builtins.match runtime.agentName name != null
    ) cfg.agents
  );
}
