"""Django's PostgreSQL backend with an end to every wait. Named by DATABASES["default"]["ENGINE"]."""
