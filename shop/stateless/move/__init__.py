"""`manage.py move`: carries the state of a conventional Django project to places that all pods share."""
