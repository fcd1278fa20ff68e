"""`manage.py move database`."""
