"""What can be flagged, as it was when somebody saw it: snapshots, authors, places and audience."""
