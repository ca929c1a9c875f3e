# Sandbox of what stands between agents and people: it speaks to tmux and to nobody else, and runs no other program.
import ./agent.nix
// {
  MemoryDenyWriteExecute = true;
  PrivateNetwork = true;
  ProcSubset = "pid";
  RestrictAddressFamilies = "AF_UNIX";
  User = "forge-tty";
  Group = "forge-tty";
}
