"""References and enums that stand in the API, the console and the database alike, and nothing else."""
