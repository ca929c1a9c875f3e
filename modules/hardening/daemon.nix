# What forged has besides the sandbox of agents: it starts none of them and sees none of their files but their records.
{
  User = "forged";
  Group = "forged";
  ProcSubset = "pid";
  # A harness that was stopped by a signal is found out by its state there.
  ProtectProc = "default";
  RestrictAddressFamilies = "AF_UNIX";
  PrivateNetwork = true;
}
