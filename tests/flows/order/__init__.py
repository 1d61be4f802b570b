"""Let what people and the house do meet on one case in every way that locks allow, each way repeatable by its seed."""
