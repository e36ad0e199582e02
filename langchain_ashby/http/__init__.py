"""HTTP to Ashby: requests and replies, bounded in time and size."""
