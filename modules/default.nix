{
  _class = "nixos";

  imports = [
    ./generated
    ./options.nix
    ./agents.nix
    ./assertions.nix
    ./manifest.nix
    ./observe.nix
    ./service.nix
    ./terminal.nix
    ./users.nix
  ];
}
