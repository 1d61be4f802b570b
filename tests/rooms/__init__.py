"""What each room promises, without a database."""
