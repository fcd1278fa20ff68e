"""Engines that read an old place and a new one while a project moves: named in its settings for that time."""
