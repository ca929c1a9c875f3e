{
  services.forge.agents."Code Reviewer" = {
    harness = "pi";
    model = "sonnet";
    role = "You review.";
  };
}
