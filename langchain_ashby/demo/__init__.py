"""A scripted afternoon that shows the agent at work."""
