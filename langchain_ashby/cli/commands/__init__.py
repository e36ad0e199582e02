"""The commands, a module each: their arguments, and nothing that another module can do for them."""
