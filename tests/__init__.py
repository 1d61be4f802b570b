"""Each test states one promise of the house."""
