"""The door for platforms and their users: parse, authenticate, call one flow or view, answer."""
