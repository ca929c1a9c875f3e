# node_modules from package-lock.json, without npm: every tarball is fetched on its own and checked against
# the lock's integrity hash. The lock names no registry; it is the one that nixpkgs itself takes pnpm from.
{
  lib,
  fetchurl,
  pnpm,
}:
/**
  Shell commands that unpack the locked packages whose path and entry satisfy `wanted`.

  # Type

  ```
  { lockFile :: Path, wanted :: String -> AttrSet -> Bool } -> String
  ```

  # Example

  ```nix
  unpack { lockFile = ../package-lock.json; wanted = path: module: !(module.dev or false); }
  ```
*/
{ lockFile, wanted }:
let
  registry = lib.head (lib.splitString "/pnpm/-/" pnpm.src.url);
  modules = lib.filterAttrs (
    path: module: module ? integrity && wanted path module
  ) (lib.importJSON lockFile).packages;

  tarball =
    path: module:
    let
      name = module.name or (lib.last (lib.splitString "node_modules/" path));
    in
    fetchurl {
      url = "${registry}/${name}/-/${baseNameOf name}-${module.version}.tgz";
      hash = module.integrity;
    };
in
lib.concatStrings (
  lib.mapAttrsToList (path: module: ''
    mkdir -p ${path}
    tar --extract --gzip --strip-components=1 --directory=${path} --file=${tarball path module}
  '') modules
)
