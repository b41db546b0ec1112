"""The way out: Word minutes, actions as data, printed rulebook. Drawn from a document, never from a database."""
