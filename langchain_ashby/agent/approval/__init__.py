"""What needs a person's approval, and what they decided."""
