import functools
import threading

from corner_shop.stock.models import Article

LAST_SEEN = {}
ONE_AT_A_TIME = threading.Lock()
CURRENCIES = {"EUR": "€"}


def article(request, number):
    LAST_SEEN[request.user.pk] = number
    request.session["seen"] = number
    threading.Thread(target=count).start()
    with open("/srv/corner-shop/visits.txt", "a") as file:  # noqa: PTH123
        file.write(CURRENCIES["EUR"])
    return cheapest()


def sell(request, number):
    with ONE_AT_A_TIME:
        piece = Article.objects.get(pk=number)
        piece.pieces -= 1
        piece.save()
    Article.objects.get_or_create(name=piece.name)
    return piece.photo.path


@functools.lru_cache
def cheapest():
    return Article.objects.order_by("pk").first()


def count():
    return "redis://localhost:6379/4"
