"""One kit for text that people and models read."""
