"""The door for time: what runs without anybody asking, claimed in batches by any number of workers."""
