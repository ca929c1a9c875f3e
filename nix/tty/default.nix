# What keeps an agent's terminal open: a tmux server's configuration, the program in its pane, and the
# script that makes a fresh terminal for every start of the agent.
{
  lib,
  stdenv,
  replaceVarsWith,
  runtimeShell,
  coreutils,
  systemd,
  tmux,
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
in
{
  inherit hold;

  conf = replaceVarsWith {
    src = ./holder.conf;
    replacements = {
      shell = runtimeShell;
      forge_ttyhold = lib.getExe hold;
    };
  };

  arm = replaceVarsWith {
    name = "forge-arm";
    src = ./forge-arm;
    dir = "bin";
    isExecutable = true;
    replacements = {
      bash = runtimeShell;
      coreutils = "${coreutils}/bin";
      forge_ttyhold = lib.getExe hold;
      systemctl = lib.getExe' systemd "systemctl";
      tmux = lib.getExe tmux;
    };
    meta.mainProgram = "forge-arm";
  };
}
