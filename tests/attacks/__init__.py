"""Attacks that once succeeded: each test tries one again, and holds the right answer."""
