"""Secrets of a run: made once, kept as files that only their owner can read, given to processes as NAME_FILE."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


class SecretFiles:
    """Files in one directory, each named like the environment variable that it stands for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
        """Return the secret, which is made where it is missing."""
        path = self.directory / name
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            self._write(path, make())
        return path.read_text().strip()

    def environment(self) -> dict[str, str]:
        """Return NAME_FILE for each secret of the store that the environment does not give itself."""
        makers = {
            "SECRET_KEY": token,
            "JWT_SIGNING_KEY": signing_key,
            "CARD_PROVIDER_KEY": token,
            "CARD_WEBHOOK_SECRET": token,
        }
        wanted = {
            name: make for name, make in makers.items() if not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))
        }
        for name, make in wanted.items():
            self.get(name, make)
        return {f"{name}_FILE": str((self.directory / name).resolve()) for name in wanted}

    def _write(self, path: Path, value: str) -> None:
        """Whole or not at all, as this process may be killed at any time."""
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(value + "\n")
        fresh.replace(path)


def token() -> str:
    return secrets.token_urlsafe(48)


def password() -> str:
    """One that can be read aloud and typed: 15 letters and digits in groups, 86 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


def signing_key() -> str:
    """A new private key for ES256 as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
