"""The conversation as providers accept it."""
