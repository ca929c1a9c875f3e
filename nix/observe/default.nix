# Looking at agents: the server's side of a connection, the person's side, and their own tmux server.
{
  lib,
  callPackage,
  replaceVars,
}:
let
  program = callPackage ../c-program.nix { };
in
rec {
  viewd = program "forge-viewd" ./forge-viewd.c;
  look = program "forge-look" ./forge-look.c;
  conf = replaceVars ./forge.conf { forge_look = lib.getExe look; };
}
