"""Decides which calls need approval, and reads the decisions."""
