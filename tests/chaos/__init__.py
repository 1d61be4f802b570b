"""A real house is killed and troubled while people use it; what was acknowledged must stand."""
