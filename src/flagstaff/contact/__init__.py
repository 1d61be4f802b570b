"""Concerns that are no flag: letters between a person and the team, in threads that wait for an answer or do not."""
