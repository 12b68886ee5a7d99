"""People who sign in: citizens and agents, sign-up, roles with scopes, throttling."""
