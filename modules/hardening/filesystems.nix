# What an agent's unit has in place of the host's common file systems: each has a size, and only what the agent needs.
{ paths }:
{
  TemporaryFileSystem = [
    # The host's sockets and locks are not there: not systemd's, journald's, D-Bus's, nor forge's.
    "/run:ro,mode=0755,size=64k"
    "/dev/shm:rw,nosuid,nodev,mode=1777,size=10%,nr_inodes=50k"
  ];
  BindPaths = [
    "${paths.agents}/{agent}"
    # forge-arm mounts this one, with a small number of terminals. The agent's own terminal is one of the host's.
    "-${paths.pts}/{agent}:/dev/pts"
    "-${paths.given}/{agent}:/dev/console"
  ];
  BindReadOnlyPaths = [
    # Where NixOS resolves names.
    "-/run/nscd"
    "-/run/systemd/resolve/resolv.conf"
    "-/run/systemd/resolve/stub-resolv.conf"
  ];
  # Whoever may ask the Nix daemon may have it fetch anything, past every rule for the agent's own network.
  InaccessiblePaths = "-/nix/var/nix/daemon-socket";
}
