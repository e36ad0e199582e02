"""Requests to Ashby and its replies, bounded in time and size."""
