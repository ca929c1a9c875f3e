# What keeps an agent's terminal open: a tmux server's configuration, the program in its pane, who makes it anew for
# every start; and the scripts around it: readiness, leave-taking, lines in the journal.
{
  lib,
  callPackage,
  replaceVars,
  replaceVarsWith,
  runtimeShell,
  coreutils,
  gnused,
  systemd,
  tmux,
  util-linux,
}:
let
  program = callPackage ./c-program.nix { };

  hold = program "forge-ttyhold" ../runtime/terminal/forge-ttyhold.c;

  programs = {
    bash = runtimeShell;
    coreutils = "${coreutils}/bin";
    forge_ttyhold = lib.getExe hold;
    journal = replaceVars ../runtime/terminal/journal.bash { inherit (programs) logger; };
    logger = lib.getExe' util-linux "logger";
    sed = lib.getExe gnused;
    systemctl = lib.getExe' systemd "systemctl";
    systemd_run = lib.getExe' systemd "systemd-run";
    systemd_cat = lib.getExe' systemd "systemd-cat";
    terminal = replaceVars ../runtime/terminal/terminal.bash { inherit (programs) tmux; };
    tmux = lib.getExe tmux;
  };

  script =
    src: used:
    replaceVarsWith {
      inherit src;
      name = baseNameOf src;
      dir = "bin";
      isExecutable = true;
      replacements = lib.getAttrs ([ "bash" ] ++ used) programs;
      meta.mainProgram = baseNameOf src;
    };
in
{
  terminals = program "forge-terminals" ../runtime/terminal/forge-terminals.c;
  inherit hold;
  conf = replaceVarsWith {
    src = ../runtime/terminal/holder.conf;
    replacements = {
      shell = runtimeShell;
      inherit (programs) forge_ttyhold;
    };
  };

  log = script ../runtime/terminal/forge-log [
    "sed"
    "systemd_cat"
  ];

  ready = script ../runtime/terminal/forge-ready [
    "coreutils"
    "journal"
    "systemctl"
    "terminal"
  ];

  forget = script ../runtime/terminal/forge-forget [
    "coreutils"
    "tmux"
  ];

  arm = program "forge-arm" ../runtime/terminal/forge-arm.c;
  onTty = program "forge-on-tty" ../runtime/terminal/forge-on-tty.c;

  quit = script ../runtime/terminal/forge-quit [
    "coreutils"
    "terminal"
  ];

  lifecycle = script ../runtime/terminal/forge-lifecycle [
    "coreutils"
    "journal"
    "systemctl"
    "terminal"
  ];

  agent = script ../runtime/terminal/forge-agent [
    "coreutils"
    "systemctl"
    "systemd_run"
  ];
}
