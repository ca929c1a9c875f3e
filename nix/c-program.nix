# A program from one file of C, in which the compiler finds nothing to warn of.
{ stdenv }:
name: src:
stdenv.mkDerivation {
  inherit name src;
  dontUnpack = true;
  buildPhase = ''
    ln -s ${../runtime/terminal/runtime.h} runtime.h
    $CC -O2 -Wall -Wextra -Werror -iquote . -o ${name} $src
  '';
  installPhase = "install -D ${name} $out/bin/${name}";
  meta.mainProgram = name;
}
