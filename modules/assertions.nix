# User mistakes that types cannot say. Messages have the form of the forge command's own errors.
{
  config,
  lib,
  pkgs,
  ...
}:
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
  runtime = import ./generated/runtime.nix;
  instances = cfg.instances;
  names = attrNames instances;

  problem = code: option: what: fix: {
    assertion = false;
    message = "${code}: services.forge.${option}: ${what}\n  → ${fix}";
  };
  agentPath = name: "agents.${escapeNixIdentifier name}";

  badNames = map (
    name:
    problem "AGENT_INVALID" (agentPath name)
      "expected a lower-case letter, then at most 22 of a-z, 0-9 and - (it names a unit and a user)"
      "rename the agent"
  ) (filter (name: builtins.match runtime.agentName name == null) (attrNames cfg.agents));

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
        "plugins"
        "skills"
      ]
    ++ map (
      name:
      problem "FLEET_INVALID" "mcpServers.${escapeNixIdentifier name}"
        "expected a lower-case letter, then a-z, 0-9, - and single _, but no _ at the end"
        "rename it"
    ) (filter (name: builtins.match "[a-z](_?[a-z0-9-]){0,62}" name == null) (attrNames cfg.mcpServers));

  brokenRules =
    name:
    map (
      broken: problem "AGENT_RULE" "${agentPath name}.${broken.option}" broken.problem broken.fix
    ) instances.${name}.problems;

  harnesses = attrNames cfg.harnesses;
  foreignOptions =
    name:
    let
      declared = instances.${name}.agent;
    in
    map (
      harness:
      problem "AGENT_RULE" "${agentPath name}.${harness}" "the agent runs in ${declared.harness}"
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
      problem "AGENT_RULE" "${agentPath first}.workspace" "${
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
        problem "AGENT_RULE" "${agentPath name}.runAs" "this host declares no user ${user}"
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

  homeless =
    concatMap
      (
        name:
        let
          inherit (instances.${name}) agent;
          home = config.users.users.${toString agent.runAs}.home or "";
        in
        if !agent.useHome then
          [ ]
        else if agent.runAs == null then
          [
            (problem "AGENT_RULE" "${agentPath name}.useHome" "useHome requires runAs"
              "set runAs, or remove useHome"
            )
          ]
        else if home == "/var/empty" then
          [
            (problem "AGENT_RULE" "${agentPath name}.useHome" "${agent.runAs} has no home directory"
              "set users.users.${agent.runAs}.home, or remove useHome: the state is then in /var/lib/forge"
            )
          ]
        else
          [ ]
      )
      names;

  # What the rest of the unit relies on, or what has an option of its own.
  ownSettings = {
    CPUWeight = "set resources.cpuWeight";
    MemoryMax = "set resources.memoryMax";
    TasksMax = "set resources.tasksMax";
    User = "set runAs";
  }
  // lib.genAttrs [
    "DynamicUser"
    "ExecStart"
    "ExecStartPre"
    "ExecStop"
    "ExecStopPost"
    "Group"
    "OpenFile"
    "RuntimeDirectory"
    "StandardError"
    "StandardInput"
    "StandardOutput"
    "StateDirectory"
    "TTYPath"
    "Type"
  ] (_: "remove this setting");
  reservedSettings =
    name:
    map
      (
        setting:
        problem "AGENT_RULE" "${agentPath name}.serviceConfig.${setting}" "forge sets this itself"
          ownSettings.${setting}
      )
      (attrNames (builtins.intersectAttrs ownSettings instances.${name}.agent.serviceConfig));

  # The launcher gives the harness the plan's environment and no other, so these would have no effect.
  variables = {
    Environment = "set environment";
    EnvironmentFile = "set environmentFiles";
    PassEnvironment = "set environment";
  };
  fromNixos = [
    "LOCALE_ARCHIVE"
    "TZDIR"
  ];
  lostEnvironment =
    name:
    let
      unit = "forge-agent-${name}";
      service = config.systemd.services.${unit};
      unusual = removeAttrs service.environment fromNixos;
      settings = builtins.intersectAttrs variables service.serviceConfig;
      lost =
        variable:
        {
          assertion = false;
          message = "AGENT_RULE: systemd.services.${unit}.${variable.option}: it does not reach the agent\n  → ${variable.fix}";
        };
    in
    lib.optionals (unusual != { } || settings != { }) (map lost (
      map (variable: {
        option = "environment.${variable}";
        fix =
          if variable == "PATH" then
            "set services.forge.${agentPath name}.extraPackages"
          else
            "set services.forge.${agentPath name}.environment.${variable}";
      }) (attrNames unusual)
      ++ map (setting: {
        option = "serviceConfig.${setting}";
        fix = "in services.forge.${agentPath name}: ${variables.${setting}}";
      }) (attrNames settings)
    ));

  withoutTmux = lib.optional (cfg.configureTmux && !config.programs.tmux.enable) (
    problem "FLEET_INVALID" "configureTmux" "/etc/tmux.conf is not made by programs.tmux on this host"
      "set programs.tmux.enable = true, or remove configureTmux"
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

  # nixpkgs would refuse these too, but neither say who wants them nor name all at once.
  adapters = lib.concatMapAttrs (
    harness: own: lib.optionalAttrs (own.adapter or null != null) { ${harness} = own.adapter; }
  ) (lib.getAttrs (lib.unique (map (name: instances.${name}.agent.harness) names)) cfg.harnesses);
  wanted =
    map (name: {
      option = "${agentPath name}.harness";
      inherit (instances.${name}) package;
    }) names
    ++ lib.mapAttrsToList (harness: package: {
      option = "harnesses.${harness}.adapter";
      inherit package;
    }) adapters;
  isUnfree = { package, ... }: package.meta.unfree or false;
  isAllowed =
    package:
    pkgs.config.allowUnfree or false || (pkgs.config.allowUnfreePredicate or (_: false)) package;
  unfreeNames = lib.unique (map ({ package, ... }: lib.getName package) (filter isUnfree wanted));
  refusals = map (
    { option, package }:
    problem "AGENT_RULE" option "nixpkgs refuses ${lib.getName package}, whose licence is unfree" (
      if isAllowed package then
        "it comes from another nixpkgs: import that one with `inherit (config.nixpkgs) config;`"
      else
        "nixpkgs.config.allowUnfreePredicate = package: builtins.elem (lib.getName package) [ ${
          concatMapStringsSep " " (name: "\"${name}\"") unfreeNames
        } ];"
    )
  ) (filter ({ package, ... }@want: isUnfree want && !(package.meta.available or true)) wanted);

  # An adapter may need a package that is refused, such as nixpkgs' own build of its harness.
  brokenAdapters = lib.optionals (refusals == [ ]) (
    lib.mapAttrsToList (
      harness: package:
      problem "AGENT_RULE" "harnesses.${harness}.adapter"
        "nixpkgs refuses ${lib.getName package} or a package that it needs"
        "allow the one that `nix eval nixpkgs#${lib.getName package}` names, or set the adapter to null: only runs over ACP need it"
    ) (lib.filterAttrs (_: package: !(builtins.tryEval package.outPath).success) adapters)
  );
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
    ++ homeless
    ++ concatMap reservedSettings names
    ++ concatMap lostEnvironment names
    ++ withoutTmux
    ++ missingPeople
    ++ refusals
    ++ brokenAdapters
  );
}
