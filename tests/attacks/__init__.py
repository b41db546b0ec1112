"""Attacks that once succeeded, one module for each door they came by."""
