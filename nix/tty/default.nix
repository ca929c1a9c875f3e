# What keeps an agent's terminal open: a tmux server's configuration, the program in its pane, and the
# scripts around it: a fresh terminal for every start, readiness, leave-taking, lines in the journal.
{
  lib,
  stdenv,
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
  hold = stdenv.mkDerivation {
    name = "forge-ttyhold";
    src = ./forge-ttyhold.c;
    dontUnpack = true;
    buildPhase = "$CC -O2 -Wall -Wextra -Werror -o forge-ttyhold $src";
    installPhase = "install -D forge-ttyhold $out/bin/forge-ttyhold";
    meta.mainProgram = "forge-ttyhold";
  };

  programs = {
    bash = runtimeShell;
    coreutils = "${coreutils}/bin";
    forge_ttyhold = lib.getExe hold;
    journal = replaceVars ./journal.bash { inherit (programs) logger; };
    logger = lib.getExe' util-linux "logger";
    sed = lib.getExe gnused;
    systemctl = lib.getExe' systemd "systemctl";
    systemd_run = lib.getExe' systemd "systemd-run";
    systemd_cat = lib.getExe' systemd "systemd-cat";
    terminal = replaceVars ./terminal.bash { inherit (programs) tmux; };
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
  conf = replaceVarsWith {
    src = ./holder.conf;
    replacements = {
      shell = runtimeShell;
      inherit (programs) forge_ttyhold;
    };
  };

  arm = script ./forge-arm [
    "coreutils"
    "forge_ttyhold"
    "sed"
    "systemctl"
    "systemd_cat"
    "terminal"
  ];

  ready = script ./forge-ready [
    "coreutils"
    "journal"
    "terminal"
  ];

  quit = script ./forge-quit [
    "coreutils"
    "terminal"
  ];

  lifecycle = script ./forge-lifecycle [
    "journal"
    "systemctl"
  ];

  agent = script ./forge-agent [
    "coreutils"
    "systemctl"
    "systemd_run"
  ];
}
