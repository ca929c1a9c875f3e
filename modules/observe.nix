# Looking at agents, and typing into them, by two sockets that a group may open each. People keep a tmux server of
# their own, `tmux -L forge`; nobody's client ever speaks to the server that holds an agent's terminal.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  observe = pkgs.callPackage ../nix/view.nix { };
  agents = lib.attrNames cfg.instances;

  socket = group: what: {
    description = "${what} forge agents";
    wantedBy = [ "sockets.target" ];
    socketConfig = {
      # In a directory of their own, which agents do not see: one may run as an operator.
      ListenSequentialPacket = "/run/forge/doors/${what}.sock";
      Symlinks = "/run/forge/${what}.sock";
      RemoveOnStop = true;
      Accept = true;
      SocketMode = "0660";
      SocketGroup = group;
      # Each is a unit, and the holder keeps up to 240 kB for one who does not read. systemd counts them by user.
      MaxConnections = 256;
      MaxConnectionsPerSource = 32;
    };
  };

  service = what: extra: {
    description = "someone who ${what}s a forge agent";
    enableDefaultPath = false;
    unitConfig.CollectMode = "inactive-or-failed";
    environment = {
      LANG = "C.UTF-8";
      TERM = "tmux-256color";
    };
    serviceConfig =
      import ./hardening/terminal.nix
      // {
        ExecStart = "${lib.getExe observe.viewd} ${what} ${lib.getExe pkgs.tmux}";
        StandardInput = "socket";
        StandardOutput = "journal";
        TimeoutStopSec = 3;
        MemoryMax = "64M";
        TasksMax = 8;
      }
      // extra;
  };

in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    systemd.sockets.forge-view = socket "forge-observers" "view";
    systemd.sockets.forge-take = socket "forge-operators" "take";
    systemd.services."forge-view@" = service "view" { };
    # It writes down who came, whom a user namespace would hide.
    systemd.services."forge-take@" = service "take" { PrivateUsers = false; };

    # `tmux -L forge`, without a line in anybody's configuration of tmux.
    systemd.user.services.forge-sessions = {
      description = "tmux -L forge, a session per agent";
      wantedBy = [ "default.target" ];
      unitConfig = {
        ConditionGroup = [
          "|forge-observers"
          "|forge-operators"
        ];
        ConditionUser = "|root";
      };
      environment = lib.mkIf (config.programs.tmux.enable && config.programs.tmux.secureSocket) {
        TMUX_TMPDIR = "%t";
      };
      serviceConfig = {
        ExecStart = "${lib.getExe pkgs.tmux} -L forge -f /etc/forge/server.conf -D";
        Restart = "always";
        RestartSec = 1;
      };
    };

    environment.etc = {
      "forge/agents".text = lib.concatLines agents;
      "forge/tmux.conf".source = observe.conf;
      # For the user service. A person's own settings come first, as forge's must hold.
      "forge/server.conf".text = ''
        source-file -q /etc/tmux.conf
        source-file -q ~/.tmux.conf
        source-file -q ~/.config/tmux/tmux.conf
        source-file /etc/forge/tmux.conf
      '';
      # Read again whenever somebody attaches, so that new agents come without a restart of anyone's server.
      "forge/sessions.conf".text = lib.concatMapStrings (name: ''
        if -F '#{m:*:${name}:*,#{@agents}}' "" 'set -sa @agents :${name}: ; new-session -d -s agent-${name} -n ${name} ${pkgs.coreutils}/bin/sleep 0'
      '') agents;
    };
    programs.tmux.extraConfig = lib.mkIf cfg.configureTmux "if -F '#{m:*/forge,#{socket_path}}' 'source-file /etc/forge/tmux.conf'";

    environment.systemPackages = [
      observe.look
      pkgs.tmux
    ];
  };
}
