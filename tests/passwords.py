"""Passwords that cost no time, where the time of hashing is not what is tested."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Its hashes are read by every process of a fleet, which finds the number of iterations in them."""

    iterations = 1
