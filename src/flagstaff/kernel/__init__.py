"""What every room stands on: ids, the two clocks, errors that teach, and settings."""
