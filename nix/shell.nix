{
  mkShellNoCC,
  age,
  deploy-rs,
  jq,
  nixfmt,
  nodejs_24,
  sops,
  ssh-to-age,
  tmux,
}:
mkShellNoCC {
  packages = [
    age
    deploy-rs
    jq
    nixfmt
    nodejs_24
    sops
    ssh-to-age
    tmux
  ];
}
