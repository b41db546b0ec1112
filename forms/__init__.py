"""The way in: pages and commands that read what people type or send."""
