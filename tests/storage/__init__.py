"""What every SQL statement promises: it prepares, and its types are the ones declared."""
