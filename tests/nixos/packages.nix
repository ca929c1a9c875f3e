# nixpkgs whose plain-file builders work without a binary cache: bash, coreutils and their like are links to
# the programs of the machine. Real systems evaluate with it, and what forge makes (plan folders, units,
# scripts, the small C program) really builds. For tests only: the result is neither hermetic nor portable.
{
  nixpkgs,
  # Node that the forge program is built and run with.
  node,
  system ? builtins.currentSystem,
}:
let
  lib = import (nixpkgs + "/lib");
  nixpkgsWith = import nixpkgs;

  linked =
    name: programs:
    derivation {
      name = "${name}-linked";
      inherit system;
      builder = "/bin/bash";
      PATH = "${dirOf node}:/usr/local/bin:/usr/bin:/bin";
      args = [
        "-c"
        "mkdir -p $out/bin && for p in ${toString programs}; do ln -s \"$(command -v $p)\" $out/bin/$p; done"
      ];
    }
    // {
      pname = name;
      version = "linked";
      outputs = [ "out" ];
      meta = {
        mainProgram = lib.head programs;
        platforms = lib.platforms.all;
      };
      override = _: linked name programs;
      overrideAttrs = _: linked name programs;
    };

  programs = lib.mapAttrs linked {
    bash = [
      "bash"
      "sh"
    ];
    coreutils = [
      "cat"
      "chmod"
      "cp"
      "env"
      "id"
      "ln"
      "ls"
      "mkdir"
      "mv"
      "readlink"
      "rm"
      "sleep"
      "stat"
      "tail"
      "timeout"
      "touch"
    ];
    findutils = [
      "find"
      "xargs"
    ];
    gnugrep = [ "grep" ];
    gnused = [ "sed" ];
    glibcLocales = [ "true" ];
    jq = [ "jq" ];
    lndir = [ "lndir" ];
    nodejs-slim_24 = [ "node" ];
    perl = [ "perl" ];
    procps = [ "pkill" ];
    sqlite = [ "sqlite3" ];
    tmux = [ "tmux" ];
    tzdata = [ "true" ];
  };

  # NixOS asks some packages for their features: those stay, the files are the machine's.
  filesOf =
    package: other:
    package
    // {
      inherit (other) drvPath outPath;
      bin = other;
      out = other;
    };

  overlay =
    final: prev:
    programs
    // {
      bash = programs.bash // {
        shellPath = "/bin/bash";
      };
      bashNonInteractive = final.bash;
      bashInteractive = final.bash;
      runtimeShellPackage = final.bash;
      # It needs a Haskell compiler to evaluate; writeShellApplication does without.
      shellcheck-minimal = prev.hello.overrideAttrs { passthru.compiler.bootstrapAvailable = false; };
    };

  # The native stdenv without its last stage, which would download patchelf and xz.
  native = nixpkgsWith {
    inherit system;
    config.allowUnfree = true;
    overlays = [ overlay ];
    stdenvStages =
      args: lib.take 2 (import (nixpkgs + "/pkgs/stdenv/native") (removeAttrs args [ "crossOverlays" ]));
  };

  # Laid over nixpkgs rather than overlaid: all of nixpkgs on that stdenv trips its assertions.
  layOver =
    base:
    let
      pkgs =
        base
        // lib.getAttrs (
          lib.attrNames programs
          ++ [
            "bashInteractive"
            "bashNonInteractive"
            "buildEnv"
            "fetchurl"
            "formats"
            "linkFarm"
            "replaceVars"
            "replaceVarsWith"
            "runCommand"
            "runCommandLocal"
            "runtimeShell"
            "runtimeShellPackage"
            "stdenv"
            "stdenvNoCC"
            "symlinkJoin"
            "writeScript"
            "writeScriptBin"
            "writeShellApplication"
            "writeShellScript"
            "writeShellScriptBin"
            "writeText"
            "writeTextDir"
            "writeTextFile"
          ]
        ) native
        // {
          inherit pkgs;
          callPackage = lib.callPackageWith pkgs;
          extend = overlay: layOver (base.extend overlay);
          appendOverlays = overlays: if overlays == [ ] then pkgs else layOver (base.appendOverlays overlays);
          claude-agent-acp = native.writeShellScriptBin "claude-agent-acp" "exec cat";
          codex-acp = native.writeShellScriptBin "codex-acp" "exec cat";
          systemd = filesOf base.systemd (
            linked "systemd" [
              "systemctl"
              "systemd-cat"
              "systemd-run"
            ]
          );
          util-linux = filesOf base.util-linux (
            linked "util-linux" [
              "flock"
              "nsenter"
              "umount"
            ]
          );
        };
    in
    pkgs;
in
layOver (nixpkgsWith {
  inherit system;
  config.allowUnfree = true;
})
