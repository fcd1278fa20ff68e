"""The shop's own database, bucket, queue and Redis database in the services of the tests, gone afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from config.local.mailserver import MailServer, mail_server
from config.local.s3 import aws_client, create_bucket
from shop.platform import dumps

HIDDEN = "5"  # seconds until a message comes again that was given to a worker which was killed
REDIS_DATABASE = "9"
NAMES = {  # as pods of a cluster would be told; the audit rightly takes 127.0.0.1 for this machine only
    "DB_HOST": "db.internal",
    "REDIS_URL": "redis://redis.internal:6379/0",
    "EMAIL_HOST": "mail.internal",
    "ALLOWED_HOSTS": "teashop.example",
}


class Services:
    """`environment` leads to them. `mails` are those that were sent."""

    def __init__(self, name: str, queue: str, mail: MailServer) -> None:
        database, mails = urlsplit(os.environ["DATABASE_URL"]), urlsplit(mail.url)
        self.mails = mail.mails
        self.environment = {
            "ALLOWED_HOSTS": "teashop.example,127.0.0.1",
            "DB_HOST": str(database.hostname),
            "DB_PORT": str(database.port),
            "DB_NAME": name,
            "DB_USER": str(database.username),
            "DB_PASSWORD": str(database.password),
            "REDIS_URL": _redis_url(),
            "MEDIA_BUCKET": name,
            "SQS_QUEUE_URL": queue,
            "EMAIL_HOST": str(mails.hostname),
            "EMAIL_PORT": str(mails.port),
            **{key: value for key, value in os.environ.items() if key.startswith("AWS_")},
        }


@contextmanager
def services() -> Iterator[Services]:
    name = f"teashop-{secrets.token_hex(4)}"
    bucket, queues = (aws_client(service, dict(os.environ)) for service in ("s3", "sqs"))
    with _server() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    create_bucket({**os.environ, "MEDIA_BUCKET": name})
    queue = queues.create_queue(QueueName=name, Attributes={"VisibilityTimeout": HIDDEN})["QueueUrl"]
    try:
        with mail_server() as mail:
            yield Services(name, queue, mail)
    finally:
        queues.delete_queue(QueueUrl=queue)
        _empty(bucket, name)
        redis.Redis.from_url(_redis_url()).flushdb()
        with _server() as connection:
            dumps.drop(connection, name)


def _server() -> "psycopg.Connection":
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _redis_url() -> str:
    return urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{REDIS_DATABASE}").geturl()


def _empty(client, bucket: str) -> None:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", []):
            client.delete_object(Bucket=bucket, Key=item["Key"])
    client.delete_bucket(Bucket=bucket)
