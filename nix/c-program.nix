# A program from one file of C, in which the compiler finds nothing to warn of.
{ stdenv }:
name: src:
stdenv.mkDerivation {
  inherit name src;
  dontUnpack = true;
  buildPhase = "$CC -O2 -Wall -Wextra -Werror -o ${name} $src";
  installPhase = "install -D ${name} $out/bin/${name}";
  meta.mainProgram = name;
}
