"""The store's settings, for processes that wait as long as a test says: by PATIENCE, as `patient.waiting()` makes it.

What gives up only after a minute shows what does not wait for it, also on a machine that is busy with other things.
"""
# ruff: noqa: E402, F403

import json
import os

from shop.platform import patience

vars(patience).update(json.loads(os.environ["PATIENCE"]))

from config.settings import *
