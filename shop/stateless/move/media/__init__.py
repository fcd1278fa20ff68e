"""`manage.py move media`."""
