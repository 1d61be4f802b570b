"""What the building promises: imports run downhill, names stay honest, locks stay clean."""
