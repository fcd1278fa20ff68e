"""Engines that read both the old and the new place while a project moves. Its settings name them for that time."""
