from typing import Any

from shop.notifications import services


def send_mail(mail_id: int, **_later: Any) -> None:
    services.send(mail_id)
