"""How moments are written, by language: Django's English is that of the United States."""
