"""Making an approved write once, and recording what became of it."""
