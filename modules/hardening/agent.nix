# Sandbox of an agent's unit. A capability that the harness declares loosens a directive; nothing else does.
{ jit }:
{
  CapabilityBoundingSet = "";
  DevicePolicy = "closed";
  KeyringMode = "private";
  LockPersonality = true;
  MemoryDenyWriteExecute = !jit;
  NoNewPrivileges = true;
  PrivateDevices = true;
  PrivateIPC = true;
  PrivateTmp = "disconnected";
  PrivateUsers = true;
  ProcSubset = "pid";
  ProtectClock = true;
  ProtectControlGroups = true;
  ProtectHome = true;
  ProtectHostname = true;
  ProtectKernelLogs = true;
  ProtectKernelModules = true;
  ProtectKernelTunables = true;
  ProtectProc = "invisible";
  ProtectSystem = "strict";
  RemoveIPC = true;
  RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6";
  RestrictNamespaces = true;
  RestrictRealtime = true;
  RestrictSUIDSGID = true;
  SystemCallArchitectures = "native";
  SystemCallErrorNumber = "EPERM";
  SystemCallFilter = [
    "@system-service"
    "~@privileged @resources"
    # Node and its kind set their own priorities and read their limits.
    "prlimit64 sched_setaffinity sched_setscheduler setpriority setrlimit"
  ];
  UMask = "0077";
}
