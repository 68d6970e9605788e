"""How good a representation is before anything clusters it."""
