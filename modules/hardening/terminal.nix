# Sandbox of what stands between agents and people: it speaks to tmux and to nobody else.
import ./agent.nix { jit = false; }
// {
  PrivateNetwork = true;
  RestrictAddressFamilies = "AF_UNIX";
  User = "forge-tty";
  Group = "forge-tty";
}
