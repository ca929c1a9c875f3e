# Looking at agents: the server's side of a connection, the person's side, and their own tmux server.
{
  lib,
  callPackage,
  replaceVars,
}:
let
  program = callPackage ./c-program.nix { };
in
rec {
  viewd = program "forge-viewd" ../runtime/terminal/view/forge-viewd.c;
  look = program "forge-look" ../runtime/terminal/view/forge-look.c;
  conf = replaceVars ../runtime/terminal/view/forge.conf { forge_look = lib.getExe look; };
}
