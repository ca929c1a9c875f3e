{
  services.forge.skills."Code Review" = {
    description = "Use when needed.";
    source = "/srv/skills/review";
  };
}
