"""`manage.py move sessions`."""
