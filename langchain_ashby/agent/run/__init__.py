"""The settings and surroundings of one run."""
