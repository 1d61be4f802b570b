"""A walk through all lives on the real database: what can be done, what was seen, and what must hold throughout."""
