# forge-tty@<agent> holds the agent's terminal, so that it outlives the agent and every observer;
# forge-arm@<agent> makes it anew before each start of the agent.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  tty = pkgs.callPackage ../nix/tty { };
  tmux = lib.getExe pkgs.tmux;

  sandbox = import ./hardening.nix { jit = false; } // {
    PrivateNetwork = true;
    RestrictAddressFamilies = "AF_UNIX";
    User = "forge-tty";
    Group = "forge-tty";
  };
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    systemd.services."forge-tty@" = {
      description = "terminal of forge agent %i";
      startLimitIntervalSec = 60;
      startLimitBurst = 20;
      enableDefaultPath = false;
      environment = {
        LANG = "C.UTF-8";
        TERM = "tmux-256color";
      };
      serviceConfig = sandbox // {
        Type = "exec";
        ExecStart = "${tmux} -S /run/forge/tty/%i/sock -f ${tty.conf} -D";
        ExecStartPost = "${lib.getExe tty.arm} %i --first";
        ExecStop = "${tmux} -S /run/forge/tty/%i/sock kill-server";
        Restart = "always";
        RestartSec = 1;
        TimeoutStopSec = 5;
        RuntimeDirectory = "forge/tty/%i";
        RuntimeDirectoryMode = "0750";
        UMask = "0007";
        OOMScoreAdjust = -500;
        MemoryMax = "64M";
        TasksMax = 32;
        # It makes terminals, so it needs the real /dev.
        PrivateDevices = false;
        DeviceAllow = [
          "char-pts rw"
          "/dev/ptmx rw"
        ];
      };
    };

    systemd.services."forge-arm@" = {
      description = "fresh terminal for forge agent %i";
      requires = [ "forge-tty@%i.service" ];
      after = [ "forge-tty@%i.service" ];
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      serviceConfig = sandbox // {
        Type = "oneshot";
        ExecStart = "${lib.getExe tty.arm} %i";
        ReadWritePaths = [ "/run/forge/tty/%i" ];
      };
    };

    # To look at a terminal; it speaks only to a server of its own version.
    environment.systemPackages = [ pkgs.tmux ];

    users.users.forge-tty = {
      isSystemUser = true;
      group = "forge-tty";
      description = "terminals of forge agents";
    };
    users.groups.forge-tty = { };
  };
}
