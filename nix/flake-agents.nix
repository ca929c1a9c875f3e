# `nix run .#agent.<name>` starts an agent in this terminal; `nix develop .#agent.<name>` prints exactly what that executes.
# A name that several hosts declare is `agent.<name>.<host>`.
{ self, nixpkgs, ... }:
let
  inherit (nixpkgs) lib;
  inherit (lib) escapeShellArg;

  setting = name: value: "  ${escapeShellArg "${name}=${value}"} \\";
  credential =
    name:
    { source, delivery }:
    "# ${name} comes from ${source}, as ${
      if delivery == "env" then "its value" else "the path of a copy"
    }.";

  recipe =
    host: name:
    { plan, user, ... }:
    lib.concatLines (
      [ "# ${name} on ${host}, as ${user}" ]
      ++ lib.mapAttrsToList credential plan.credentials
      ++ map (file: "# Further variables come from ${file}.") plan.environmentFiles
      ++ [
        "cd ${escapeShellArg plan.workdir}"
        "exec env -i \\"
      ]
      ++ lib.mapAttrsToList setting plan.env
      ++ [ "  ${lib.escapeShellArgs plan.argv}" ]
    );

  runner =
    host: system: name: instance:
    system.pkgs.runCommandLocal "agent-${name}"
      {
        recipe = recipe host name instance;
        shellHook = ''printf '%s' "$recipe"'';
        meta.mainProgram = "forge-agent-${name}";
      }
      ''
        mkdir -p $out/bin
        ln -s ${instance.folder}/bin/forge-agent-${name} $out/bin/
      '';

  runnersOf =
    host: system:
    lib.mapAttrs (name: instance: {
      ${host} = runner host system name instance;
    }) (system.config.services.forge.instances or { });

  onlyOne =
    hosts: if lib.length (lib.attrNames hosts) == 1 then lib.head (lib.attrValues hosts) else hosts;
in
pkgs:
let
  here = lib.filterAttrs (
    _: host: host.pkgs.stdenv.hostPlatform.system == pkgs.stdenv.hostPlatform.system
  ) self.nixosConfigurations;
in
lib.mapAttrs (_: onlyOne) (lib.foldAttrs lib.mergeAttrs { } (lib.mapAttrsToList runnersOf here))
