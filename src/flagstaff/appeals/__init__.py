"""A second look by another person, asked for by an author or by a reporter; one per decision."""
