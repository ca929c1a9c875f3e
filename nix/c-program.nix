# A program from one file of C, in which the compiler finds nothing to warn of.
{ lib, stdenv }:
let
  folder = ../runtime/terminal;
  headers = lib.fileset.toSource {
    root = folder;
    fileset = lib.fileset.fileFilter (file: file.hasExt "h") folder;
  };
in
name: src:
stdenv.mkDerivation {
  inherit name src;
  dontUnpack = true;
  buildPhase = ''
    $CC -O2 -Wall -Wextra -Werror -iquote ${headers} -o ${name} $src
  '';
  installPhase = "install -D ${name} $out/bin/${name}";
  meta.mainProgram = name;
}
