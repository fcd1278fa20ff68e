"""What psycopg raises when others were in the way for too long: the same may pass a moment later."""

from psycopg import errors as pg

CONTENTION = (pg.LockNotAvailable, pg.DeadlockDetected, pg.QueryCanceled)
