"""Attacks that once succeeded, or could: each must come to nothing."""
