"""Processes that wait for others as long as a test says."""

import json

# A Redis that is slow because the machine is busy is not away.
REDIS = {"REDIS_CONNECT": 20.0, "REDIS_ANSWER": 20.0, "REDIS_SLOW": 20.0}


def waiting(**seconds: object) -> dict[str, str]:
    """Return the environment of such processes. `seconds`: names of shop.platform.patience, in other seconds."""
    return {"DJANGO_SETTINGS_MODULE": "tests.fleet.patient_settings", "PATIENCE": json.dumps(seconds)}
