# What an agent's unit has of its own: user, secrets, limits, what it may write to, and `serviceConfig`.
{
  lib,
  pkgs,
  text,
}:
let
  inherit (text) literal quoted;

  tty = pkgs.callPackage ../../nix/terminal.nix { };
  onTty = lib.getExe tty.onTty;

  # What the agent's unit hides: homes, and directories that it has of its own.
  isHidden =
    path: builtins.match "/(home|root|run|tmp|var/tmp|dev/shm)(/.*)?" path != null;

  # A path that does not exist is left out: the launcher then says so, where systemd would only fail.
  writable =
    paths:
    let
      split = lib.partition isHidden paths;
      optional = path: quoted "-${path}";
    in
    lib.optionalAttrs (split.right != [ ]) {
      ProtectHome = "tmpfs";
      BindPaths = map optional split.right;
    }
    // lib.optionalAttrs (split.wrong != [ ]) { ReadWritePaths = map optional split.wrong; };

  # A setting that is a list gets more elements, as from a further drop-in; any other is replaced.
  override =
    own: given:
    own
    // lib.mapAttrs (
      key: value: if lib.isList own.${key} or null then own.${key} ++ lib.toList value else value
    ) given;
in
name:
{
  agent,
  folder,
  home,
  login,
  user,
  ...
}:
let
  workspace = lib.optional (agent.workspace != null) agent.workspace ++ agent.writablePaths;

  directories =
    if agent.useHome then
      writable (
        [
          home
          login
        ]
        ++ workspace
      )
    else if workspace == [ ] then
      { StateDirectory = "forge/${name}"; }
    else
      { StateDirectory = "forge/${name}"; } // writable workspace;

  own = {
    ExecStart = "${onTty} ${folder}/bin/forge-agent-${name}";
    User = user;
    LoadCredential =
      lib.mapAttrsToList (variable: secret: "${variable}:${literal secret.file}") agent.secrets
      ++ lib.imap0 (i: file: "environment-${toString i}:${literal file}") agent.environmentFiles;
    CPUWeight = agent.resources.cpuWeight;
    MemoryMax = if agent.resources.memoryMax == null then "infinity" else agent.resources.memoryMax;
    TasksMax = agent.resources.tasksMax;
  }
  // directories
  # The empty element takes back what the shared part hides.
  // lib.optionalAttrs agent.nix { InaccessiblePaths = [ "" ]; };
in
{
  description = "forge agent ${name}";
  wantedBy = [ "multi-user.target" ];
  enableDefaultPath = false;
  serviceConfig = if agent.serviceConfig == { } then own else override own agent.serviceConfig;
}
// lib.optionalAttrs agent.useHome {
  requires = [ "forge-home-${name}.service" ];
  after = [ "forge-home-${name}.service" ];
}
