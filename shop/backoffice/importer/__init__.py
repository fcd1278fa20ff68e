"""Reading merchants' product files into the catalogue."""
