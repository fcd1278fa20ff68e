"""S3: `rclone serve s3` over a directory. Objects are plain files, so they survive any kill."""

import os
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from config.local import ports
from config.local.errors import LaunchError
from config.local.process import Program
from config.local.programs import installed

BUCKET = "shop-media"
IMPATIENT = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2})


class S3:
    name = "s3"
    title = "S3"

    def __init__(self, directory: Path, *, bucket: str = BUCKET, key: str, secret: str) -> None:
        self.directory = directory.resolve()
        self.bucket = bucket
        self.key, self.secret = key, secret
        (self.port,) = ports.free(1)

    @property
    def media(self) -> Path:
        """The directory that holds the bucket's objects."""
        return self.directory / self.bucket

    def prepare(self) -> None:
        self.media.mkdir(parents=True, exist_ok=True)  # a directory is a bucket

    def program(self) -> Program:
        command = [installed("rclone"), "serve", "s3", "--addr", f"{ports.HOST}:{self.port}", "--no-cleanup"]
        command += ["--auth-key", f"{self.key},{self.secret}", str(self.directory)]
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "RCLONE_CONFIG": "",
            "RCLONE_CACHE_DIR": str(self.directory.parent / "rclone"),
        }
        return Program(self.name, command, environment)

    def ready(self) -> bool:
        return ports.answers(self.port)

    def provision(self) -> None:
        self.media.mkdir(parents=True, exist_ok=True)

    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL_S3": f"http://{ports.HOST}:{self.port}"}


def create_bucket(environment: dict[str, str]) -> None:
    """Create the media bucket of an S3 from outside if it is missing. Raises LaunchError if it cannot be used."""
    bucket = environment["MEDIA_BUCKET"]
    client = aws_client("s3", environment)
    try:
        try:
            client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            client.create_bucket(Bucket=bucket, **_location(environment["AWS_REGION"]))
    except (BotoCoreError, ClientError) as error:
        raise LaunchError(f"The bucket {bucket} cannot be used: {error}") from error


def aws_client(service: str, environment: dict[str, str]) -> Any:
    """Return a boto3 client as the store's processes get it; keys not in `environment` come from boto's usual chain."""
    return boto3.client(
        service,
        endpoint_url=environment[f"AWS_ENDPOINT_URL_{service.upper()}"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY"),
        config=IMPATIENT,
    )


def _location(region: str) -> dict[str, Any]:
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
