"""Promises of a deep dive's stages: no database, a real embedder."""
