"""Pure work on text that several rooms share: graphemes, language, spans of contacts and names, sketches."""
