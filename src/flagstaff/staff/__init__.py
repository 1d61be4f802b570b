"""Those who work here: accounts, roles, sessions and API keys, and the acts that need a second person."""
