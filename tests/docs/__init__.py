"""What the docs promise: nothing undocumented, every example runs."""
