"""One file per story of the business, read from top to bottom: what happens, in which order, in one transaction."""
