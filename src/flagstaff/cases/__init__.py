"""Everything open about one subject: its states, its priority, its queue, and who holds it."""
