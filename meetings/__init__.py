"""What a meeting is, what must be true of it and what may happen to it. Nothing here knows the web or Word."""
