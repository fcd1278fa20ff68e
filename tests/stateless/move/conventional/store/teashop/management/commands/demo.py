from io import BytesIO
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from PIL import Image

from teashop import tasks
from teashop.models import Order, OrderLine, Tea

TEAS = {"Assam": (150, 60, 20), "Oolong": (90, 110, 40), "Sencha": (60, 140, 60), "White Peony": (210, 200, 160)}


class Command(BaseCommand):
    help = "Teas with pictures, a shopper (grace), staff (ada), and the orders of last year"

    def handle(self, *args: Any, **options: Any) -> None:
        teas = [self._tea(name, colour) for name, colour in TEAS.items()]
        grace = User.objects.create_user("grace", "grace@example.com", "a cup of tea")
        User.objects.create_superuser("ada", "ada@example.com", "two cups of tea")
        for number in range(20):
            self._order(grace, f"2025-{number:03}", teas[number % len(teas)])

    def _tea(self, name: str, colour: tuple[int, int, int]) -> Tea:
        picture = BytesIO()
        Image.new("RGB", (320, 240), colour).save(picture, "JPEG")
        tea = Tea(name=name, slug=name.lower().replace(" ", "-"), cents=850, stock=100)
        tea.picture.save(f"{tea.slug}.jpg", ContentFile(picture.getvalue()))
        return tea

    def _order(self, user: User, number: str, tea: Tea) -> None:
        order = Order.objects.create(number=number, user=user, email=user.email, cents=2 * tea.cents)
        OrderLine.objects.create(order=order, tea=tea, pieces=2, cents=2 * tea.cents)
        tasks.make_invoice(order.pk)
