"""What the database promises: a fresh schema equals the replayed migrations."""
