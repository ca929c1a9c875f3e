{ lib, ... }:
{
  imports = [ ./hardware-configuration.nix ];

  services.forge = {
    enable = true;

    skills.review = {
      description = "Use when a pull request needs a review.";
      source = ./skills/review;
    };

    agents.reviewer = {
      description = "Reviews pull requests";
      harness = "claude-code";
      model = "sonnet";
      role = "You review pull requests. Be brief and name the line.";
      skills = [ "review" ];
      permissions.allow = [
        "Read"
        "Bash(git diff:*)"
        "Bash(git log:*)"
      ];
      secrets.ANTHROPIC_API_KEY.file = "/run/secrets/anthropic-key";
      resources.memoryMax = "4G";
    };

    # Asks a model on this very machine, so it needs no key; pi wants a variable all the same.
    agents.triage = {
      description = "Sorts new issues";
      harness = "pi";
      model = "qwen3-coder";
      role = "You sort new issues: bug, wish or question. One line each.";
      environment.LOCAL_API_KEY = "none";
      pi = {
        provider = "local";
        baseUrl = "http://127.0.0.1:8080/v1";
        api = "openai-completions";
        apiKeyVariable = "LOCAL_API_KEY";
        tools = [
          "read"
          "grep"
        ];
      };
    };
  };

  # Claude Code is not free software; nixpkgs wants that said.
  nixpkgs.config.allowUnfreePredicate =
    package: builtins.elem (lib.getName package) [ "claude-code" ];

  # The host opens secrets.yaml with its SSH key (see secrets/README.md). A changed secret restarts its agent.
  sops.defaultSopsFile = ./secrets.yaml;
  sops.secrets.anthropic-key.restartUnits = [ "forge-agent-reviewer.service" ];

  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
  };
  users.users.root.openssh.authorizedKeys.keys = [
    # Your own key: `nix run .#deploy.demo-host` comes in as root.
  ];

  system.stateVersion = "26.11";
}
