"""Attacks that once succeeded: each is tried again with every change."""
