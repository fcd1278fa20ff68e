"""Dumps in the private bucket. Two rights are enough, to write and to read below backups/: nothing is listed.

`backups/latest.json` names the newest dump with the hash of its content.
"""

import hashlib
import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils import timezone

from shop.platform.dumps import Unusable

FOLDER = "backups/"
LATEST = f"{FOLDER}latest.json"
# A dump may be large and nobody waits for it
PATIENCE = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 5, "mode": "standard"})
OLD = timedelta(days=1)  # four dumps were missed by then
AWAY = (BotoCoreError, ClientError, Boto3Error)


def keep(path: Path) -> str:
    """Put a dump into BACKUP_BUCKET and make it the latest; return its key. Raises Unusable."""
    now = timezone.now()
    key = f"{FOLDER}{now:%Y-%m-%dT%H-%M-%SZ}.dump"
    facts = {"key": key, "sha256": _digest(path), "size": path.stat().st_size, "made_at": now.isoformat()}
    try:
        _s3().upload_file(str(path), settings.BACKUP_BUCKET, key)
        _s3().put_object(Bucket=settings.BACKUP_BUCKET, Key=LATEST, Body=json.dumps(facts).encode())
    except AWAY as error:
        raise Unusable(f"The dump could not be put into the bucket {settings.BACKUP_BUCKET}: {error}") from error
    return key


def fetch_latest(directory: Path) -> Path:
    """Bring the latest dump here; return its file. Raises Unusable, also if its bytes changed or it is old."""
    try:
        body = _s3().get_object(Bucket=settings.BACKUP_BUCKET, Key=LATEST)["Body"].read()
        facts = json.loads(body)
        _refuse_old(datetime.fromisoformat(facts["made_at"]))
        path = directory / Path(facts["key"]).name
        _s3().download_file(settings.BACKUP_BUCKET, facts["key"], str(path))
    except AWAY as error:
        sentence = f"No dump could be fetched from the bucket {settings.BACKUP_BUCKET}: {error}"
        raise Unusable(f"{sentence} Make one with `manage.py backup`.") from error
    if _digest(path) != facts["sha256"]:
        raise Unusable(f"{facts['key']} is not what was put there: its hash differs. Make a new dump at once.")
    return path


def _refuse_old(made_at: datetime) -> None:
    """Raises Unusable: a dump of last month is a store again, too, and not the one that was lost."""
    if timezone.now() - made_at > OLD:
        sentence = f"The latest dump is of {made_at:%Y-%m-%d %H:%M} UTC; none was made since."
        raise Unusable(
            f"{sentence} Look at the job that runs `manage.py backup`; with --file an old one is drilled, too."
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _s3() -> Any:
    addressing = Config(s3={"addressing_style": "path"})
    return boto3.client("s3", region_name=settings.AWS_REGION, config=PATIENCE.merge(addressing))
