"""What a machine can see in a snapshot. One file per detector; a detector raises a signal and never sanctions."""
