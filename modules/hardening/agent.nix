# Sandbox of an agent's unit. What a person's own `serviceConfig` sets comes on top.
{
  CapabilityBoundingSet = "";
  DevicePolicy = "closed";
  KeyringMode = "private";
  LockPersonality = true;
  MemoryPressureWatch = "off";
  # Agents run any program, such as Node, Java and Python, whose JITs write memory that they execute.
  MemoryDenyWriteExecute = false;
  NoNewPrivileges = true;
  PrivateDevices = true;
  PrivateIPC = true;
  PrivateTmp = "disconnected";
  PrivateUsers = true;
  # Not ProcSubset=pid: build tools read /proc/meminfo and /proc/cpuinfo. ProtectProc hides what other users run.
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
