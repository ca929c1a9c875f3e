# What keeps an agent's terminal open: a tmux server's configuration, the program in its pane, who makes it anew for
# every start; and the scripts around it: readiness, leave-taking, lines in the journal, a look at the disks.
{
  lib,
  callPackage,
  replaceVars,
  replaceVarsWith,
  runtimeShell,
  coreutils,
  gnused,
  procps,
  systemd,
  tmux,
}:
let
  program = callPackage ./c-program.nix { };

  hold = program "forge-ttyhold" ../runtime/terminal/forge-ttyhold.c;
  ask = program "forge-ask" ../runtime/terminal/forge-ask.c;

  programs = {
    bash = runtimeShell;
    coreutils = "${coreutils}/bin";
    forge_ask = lib.getExe ask;
    forge_tell = lib.getExe (program "forge-tell" ../runtime/terminal/forge-tell.c);
    forge_ttyhold = lib.getExe hold;
    journal = replaceVars ../runtime/terminal/journal.bash { inherit (programs) forge_tell; };
    pkill = lib.getExe' procps "pkill";
    sed = lib.getExe gnused;
    systemctl = lib.getExe' systemd "systemctl";
    systemd_run = lib.getExe' systemd "systemd-run";
    systemd_cat = lib.getExe' systemd "systemd-cat";
    terminal = replaceVars ../runtime/terminal/terminal.bash { inherit (programs) coreutils tmux; };
    tmux = lib.getExe tmux;
  };

  scripts = lib.importJSON ../runtime/scripts.json;

  script =
    name:
    replaceVarsWith {
      inherit name;
      src = ../. + "/${lib.head scripts.${name}.parts}";
      dir = "bin";
      isExecutable = true;
      replacements = lib.getAttrs scripts.${name}.tools programs;
      meta.mainProgram = name;
    };
in
{
  terminals = program "forge-terminals" ../runtime/terminal/forge-terminals.c;
  inherit ask hold;
  inherit (programs) pkill;
  conf = replaceVarsWith {
    src = ../runtime/terminal/holder.conf;
    replacements = {
      shell = runtimeShell;
      inherit (programs) forge_ttyhold;
    };
  };

  log = script "forge-log";

  ready = script "forge-ready";

  forget = script "forge-forget";

  arm = program "forge-arm" ../runtime/terminal/forge-arm.c;
  onTty = program "forge-on-tty" ../runtime/terminal/forge-on-tty.c;

  quit = script "forge-quit";

  typed = program "forge-typed" ../runtime/terminal/forge-typed.c;

  journal = program "forge-journal" ../runtime/terminal/forge-journal.c;

  lifecycle = script "forge-lifecycle";

  agent = script "forge-agent";

  disk = script "forge-disk";
}
