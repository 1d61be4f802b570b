"""A person's verdict, its reason and its measures, and the standing of an author that follows from them."""
