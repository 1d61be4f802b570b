"""Long work over many rows as pure functions: Arrow batches in, Arrow batches out, no storage."""
