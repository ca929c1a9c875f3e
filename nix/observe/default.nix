# Looking at agents: the server's side of a connection, the person's side, and their own tmux server.
{
  lib,
  stdenv,
  replaceVars,
}:
let
  program =
    name: src:
    stdenv.mkDerivation {
      inherit name src;
      dontUnpack = true;
      buildPhase = "$CC -O2 -Wall -Wextra -Werror -o ${name} $src";
      installPhase = "install -D ${name} $out/bin/${name}";
      meta.mainProgram = name;
    };
in
rec {
  viewd = program "forge-viewd" ./forge-viewd.c;
  look = program "forge-look" ./forge-look.c;
  conf = replaceVars ./forge.conf { forge_look = lib.getExe look; };
}
