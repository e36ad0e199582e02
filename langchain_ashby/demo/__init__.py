"""A scripted chat model, and the recruiter's afternoon that it plays in the demo."""
