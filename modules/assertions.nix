# User mistakes that types cannot say. Messages have the form of the forge command's own errors.
{ config, lib, ... }:
let
  inherit (lib)
    attrNames
    attrValues
    concatMap
    concatMapStringsSep
    filter
    ;
  inherit (lib.strings) escapeNixIdentifier;

  cfg = config.services.forge;
  instances = cfg.instances;
  names = attrNames instances;

  problem = code: option: what: fix: {
    assertion = false;
    message = "${code}: services.forge.${option}: ${what}\n  → ${fix}";
  };
  agent = name: "agents.${escapeNixIdentifier name}";

  badNames = map (
    name:
    problem "AGENT_INVALID" (agent name)
      "expected a lower-case letter, then at most 22 of a-z, 0-9 and - (it names a unit and a user)"
      "rename the agent"
  ) (filter (name: builtins.match "[a-z][a-z0-9-]{0,22}" name == null) (attrNames cfg.agents));

  badLibraryNames =
    concatMap
      (
        kind:
        map (
          name:
          problem "FLEET_INVALID" "${kind}.${escapeNixIdentifier name}"
            "expected a lower-case letter, then at most 62 of a-z, 0-9 and -"
            "rename it"
        ) (filter (name: builtins.match "[a-z][a-z0-9-]{0,62}" name == null) (attrNames cfg.${kind}))
      )
      [
        "mcpServers"
        "plugins"
        "skills"
      ];

  brokenRules =
    name:
    map (
      broken: problem "AGENT_RULE" "${agent name}.${broken.option}" broken.problem broken.fix
    ) instances.${name}.problems;

  harnesses = attrNames cfg.harnesses;
  foreignOptions =
    name:
    let
      declared = instances.${name}.agent;
    in
    map (
      harness:
      problem "AGENT_RULE" "${agent name}.${harness}" "the agent runs in ${declared.harness}"
        "take ${harness} out, or set harness = \"${harness}\""
    ) (filter (harness: harness != declared.harness && declared.${harness} != null) harnesses);

  sharedWorkspaces =
    let
      working = filter (name: instances.${name}.agent.workspace != null) names;
      byWorkspace = lib.groupBy (name: instances.${name}.agent.workspace) working;
      users = together: lib.unique (map (name: instances.${name}.user) together);
    in
    map (
      together:
      let
        first = lib.head together;
      in
      problem "AGENT_RULE" "${agent first}.workspace" "${
        instances.${first}.agent.workspace
      } is the workspace of agents that run as different Linux users: ${
        concatMapStringsSep ", " (name: "${name} (${instances.${name}.user})") together
      }" "let them run as one user with runAs, or give each a workspace of its own"
    ) (filter (together: lib.length (users together) > 1) (attrValues byWorkspace));

  missingUsers =
    map
      (
        name:
        let
          user = instances.${name}.agent.runAs;
        in
        problem "AGENT_RULE" "${agent name}.runAs" "this host declares no user ${user}"
          "declare users.users.${user}, or leave runAs out: the agent then has a user of its own"
      )
      (
        filter (
          name:
          let
            user = instances.${name}.agent.runAs;
          in
          user != null && !(config.users.users ? ${user})
        ) names
      );

  missingPeople =
    concatMap
      (
        role:
        map (
          user:
          problem "FLEET_INVALID" role "this host declares no user ${user}" "declare users.users.${user}"
        ) (filter (user: !(config.users.users ? ${user})) cfg.${role})
      )
      [
        "observers"
        "operators"
      ];

  # nixpkgs would say so too, but not which agent wants the package.
  refused = filter (
    name:
    let
      meta = instances.${name}.package.meta or { };
    in
    meta.unfree or false && !(meta.available or true)
  ) names;
  refusedPackages = lib.unique (map (name: lib.getName instances.${name}.package) refused);
  refusals = map (
    name:
    problem "AGENT_RULE" "${agent name}.harness"
      "nixpkgs refuses ${lib.getName instances.${name}.package}, whose licence is unfree"
      "nixpkgs.config.allowUnfreePredicate = package: builtins.elem (lib.getName package) [ ${
        concatMapStringsSep " " (package: "\"${package}\"") refusedPackages
      } ];"
  ) refused;
in
{
  _class = "nixos";

  config.assertions = lib.mkIf cfg.enable (
    badNames
    ++ badLibraryNames
    ++ concatMap brokenRules names
    ++ concatMap foreignOptions names
    ++ sharedWorkspaces
    ++ missingUsers
    ++ missingPeople
    ++ refusals
  );
}
