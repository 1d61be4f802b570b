"""What each story promises, on a real PostgreSQL."""
