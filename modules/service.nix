# forge-agent-<name>.service has two parts. What all agents of a harness share is a unit file made once, as
# packages ship them; what is an agent's own is an ordinary `systemd.services` entry, which becomes its
# drop-in. So `systemd.services.forge-agent-<name>` overrides either, and the hardening costs an
# evaluation nothing per agent.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  inherit (lib) mapAttrs mapAttrs' nameValuePair;
  inherit (utils.systemdUtils.lib) settingsToSections;

  cfg = config.services.forge;

  common = mapAttrs (
    harness:
    { recipe, ... }:
    pkgs.writeText "forge-agent-${harness}.service" (settingsToSections {
      Unit = {
        After = "network.target";
        StartLimitBurst = 5;
        StartLimitIntervalSec = 30;
      };
      Service = import ./hardening.nix recipe.hardening // {
        Type = "exec";
        Slice = "forge-agents.slice";
        StateDirectoryMode = "0700";

        # The harness is the main process, on the terminal that its holder keeps open.
        StandardInput = "tty-force";
        StandardOutput = "tty";
        StandardError = "journal";
        Environment = "TERM=tmux-256color COLORTERM=truecolor";

        Restart = "on-failure";
        RestartSec = 2;
        # systemd counts a hangup, the end of the terminal, as a clean end.
        RestartForceExitStatus = "SIGHUP";
        # What the launcher says of a declaration that no restart can mend.
        RestartPreventExitStatus = 78;
        KillMode = "mixed";
        TimeoutStopSec = 20;
      };
    })
  ) cfg.harnesses;

  # systemd splits at spaces and reads % as the start of a specifier.
  literal = lib.replaceStrings [ "%" ] [ "%%" ];
  quoted = path: "\"${lib.escape [ "\\" "\"" ] (literal path)}\"";

  underHome = path: builtins.match "/(home|root|run/user)(/.*)?" path != null;

  # The workspace is the one place outside its state directory that an agent writes to.
  workspace =
    path:
    if path == null then
      { }
    else if underHome path then
      {
        ProtectHome = "tmpfs";
        BindPaths = quoted path;
      }
    else
      { ReadWritePaths = quoted path; };

  service =
    name:
    {
      agent,
      folder,
      user,
      ...
    }:
    let
      terminal = [
        "forge-arm@${name}.service"
        "forge-tty@${name}.service"
      ];
    in
    {
      description = "forge agent ${name}";
      wantedBy = [ "multi-user.target" ];
      requires = terminal;
      after = terminal;
      enableDefaultPath = false;
      serviceConfig = {
        ExecStart = "${folder}/bin/forge-agent-${name}";
        User = user;
        StateDirectory = "forge/${name}";
        TTYPath = "/run/forge/tty/${name}/tty";
        LoadCredential = lib.mapAttrsToList (
          variable: secret: "${variable}:${literal secret.file}"
        ) agent.secrets;
        CPUWeight = agent.resources.cpuWeight;
        MemoryMax = if agent.resources.memoryMax == null then "infinity" else agent.resources.memoryMax;
        TasksMax = agent.resources.tasksMax;
      }
      // workspace agent.workspace;
    };
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    # Copies, not links: systemd takes a link to a file of another name for an alias.
    systemd.packages = [
      (pkgs.runCommandLocal "forge-agent-units" { } ''
        mkdir -p $out/lib/systemd/system
        cd $out/lib/systemd/system
        ${lib.concatLines (
          lib.mapAttrsToList (
            name: instance: "cp ${common.${instance.agent.harness}} forge-agent-${name}.service"
          ) cfg.instances
        )}
      '')
    ];

    systemd.services = mapAttrs' (
      name: instance: nameValuePair "forge-agent-${name}" (service name instance)
    ) cfg.instances;

    systemd.slices.forge-agents.description = "forge agents";

    environment.systemPackages = [
      cfg.package
    ]
    ++ lib.mapAttrsToList (_: instance: instance.folder) cfg.instances;
  };
}
