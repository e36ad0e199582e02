"""Cards as people see them."""
