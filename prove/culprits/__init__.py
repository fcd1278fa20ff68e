"""Faults on purpose, for the tests of the proof: each keeps state in one process, or does work twice.

Chosen by PROVE_CULPRITS (names with spaces between) with DJANGO_SETTINGS_MODULE=prove.culprits.settings. Nothing of the
store knows them.
"""
