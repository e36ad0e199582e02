"""Text that people and models read."""
