"""The door for the people who decide: server-rendered pages; no rules and no SQL."""
