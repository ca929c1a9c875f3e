{
  _class = "nixos";

  imports = [
    ./generated
    ./options.nix
    ./agents.nix
    ./assertions.nix
    ./daemon.nix
    ./disk.nix
    ./manifest.nix
    ./observe.nix
    ./renamed.nix
    ./service
    ./terminal.nix
    ./users.nix
  ];
}
