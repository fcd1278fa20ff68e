"""`manage.py move tasks`."""
