{
  services.forge.agents.reviews-every-pull-request-of-the-web-site-and-its-documentation = {
    harness = "pi";
    model = "sonnet";
    role = "You review.";
  };
}
