from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.platform import static_files
from shop.platform.storage import StorageAway


class Command(BaseCommand):
    help = "Put this release's hashed static files into the media bucket, for pods of the releases beside it."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = static_files.publish()
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} is not there: run collectstatic first.") from error
        except StorageAway as error:
            raise CommandError(
                f"The bucket cannot be written: {error}. What is there already stays; run it again."
            ) from error
        self.stdout.write(f"Published {count} static files.")
