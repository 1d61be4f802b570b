"""What the API, the console and the jobs promise to those who knock."""
