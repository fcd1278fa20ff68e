from celery import shared_task
from django.core.files.base import ContentFile
from django.core.mail import mail_managers, send_mail
from django.utils import timezone

from teashop.models import Order, Tea


@shared_task
def make_invoice(order_id: int) -> None:
    order = Order.objects.get(pk=order_id)
    rows = [f"{line}\t{line.cents / 100:.2f}" for line in order.lines.select_related("tea")]
    text = "\n".join([f"Invoice {order.number}", *rows, f"Total\t{order.cents / 100:.2f}"])
    order.invoice.save(f"{order.number}.txt", ContentFile(text.encode()))


@shared_task
def confirm(order: Order) -> None:
    send_mail(f"Your order {order.number}", "Thank you. We are packing it.", None, [order.email])
    order.confirmed_at = timezone.now()
    order.save(update_fields=["confirmed_at"])


@shared_task
def what_to_buy() -> None:
    """Each night: what is running out."""
    names = [tea.name for tea in Tea.objects.filter(stock__lt=5)]
    mail_managers("What to buy", "\n".join(names))
