"""All settings, for every machine: only addresses, limits and secrets in the environment differ.

process      who this process is, and how it is reached
store        the shop: its name, money, limits, language
application  what Django puts together: apps, middleware, templates, public pages
state        where state lives: PostgreSQL, Redis, S3
work         what is done later: queues, topics, events, mail
accounts     signing in to store and admin
api          tokens of phones, the REST framework and its schema
browsers     what a browser is told: HTTPS, content security policy
watching     logs, metrics, the guard, the contract of outages
"""
# ruff: noqa: F403

from config.settings.accounts import *
from config.settings.api import *
from config.settings.application import *
from config.settings.browsers import *
from config.settings.process import *
from config.settings.state import *
from config.settings.store import *
from config.settings.watching import *
from config.settings.work import *
