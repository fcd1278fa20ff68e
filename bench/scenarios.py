"""What is measured: a row for each kind of request, in the order of a visit."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.catalogue.rows import LEAVES
from bench.catalogue.words import PATTERNS
from bench.client import Request, request
from bench.visitor import HOST, LINES, Visitor

WARM_PAGES = 20  # different products that are asked for again and again
COLD_PAGES = 400


@dataclass(frozen=True)
class Scenario:
    """`make`: the requests, prepared. `goal`: the most it may cost, in bare views; None where none is set.

    `cold`: the cache is emptied ahead of each request, and one is asked at a time. `once`: a request cannot be sent
    twice. `grows`: a larger catalogue answers with more. `part`: the server that is asked, "app" or "bare".
    """

    name: str
    title: str
    make: Callable[[Visitor], list[Request]]
    goal: float | None = None
    cold: bool = False
    once: bool = False
    grows: bool = False
    part: str = "app"


def bare(visitor: Visitor) -> list[Request]:
    return [visitor.get("/", text="Bare")]


def home(visitor: Visitor) -> list[Request]:
    return [visitor.get("/", text="</html>")]


def category(visitor: Visitor) -> list[Request]:
    return [visitor.get(f"/categories/{shelf.slug}/", text=shelf.name) for shelf in LEAVES[:WARM_PAGES]]


def product(visitor: Visitor) -> list[Request]:
    return [visitor.get(f"/products/{a.slug}/", text=a.title) for a in visitor.some(WARM_PAGES)]


def products(visitor: Visitor) -> list[Request]:
    return [visitor.get(f"/products/{a.slug}/", text=a.title) for a in visitor.some(COLD_PAGES)]


def not_modified(visitor: Visitor) -> list[Request]:
    """A product page that the browser has already."""
    path = HOST + f"/products/{visitor.article(0).slug}/"
    etag = visitor.send(request("GET", path)).header("ETag")
    return [request("GET", path, headers={"If-None-Match": etag}, status=304)]


def fragment(visitor: Visitor) -> list[Request]:
    return [visitor.get("/fragments/shopper/", cookies=visitor.cart(number)) for number in range(5)]


def header(visitor: Visitor) -> list[Request]:
    """The cheapest answer that Django makes: kept pages are answered before it, where nobody watches."""
    return [visitor.get("/fragments/shopper/")]


def search(visitor: Visitor) -> list[Request]:
    """Words with more finds than a page shows, in ten thousand products as in a million."""
    return [visitor.get(f"/products/?q={word}", text=word) for word in PATTERNS]


def search_words(visitor: Visitor) -> list[Request]:
    """Two words with a few finds, which in a million products are a page full, too."""
    wanted = visitor.some(len(PATTERNS))
    return [visitor.get(f"/products/?q={a.adjective}+{a.pattern}", text=a.pattern) for a in wanted]


def mistyped(visitor: Visitor) -> list[Request]:
    """Words with a letter missing, which only likeness finds."""
    words = [pattern[:-2] + pattern[-1] for pattern in PATTERNS if len(pattern) > 6]
    return [visitor.get(f"/products/?q={word}", text="</html>") for word in words]


def suggestions(visitor: Visitor) -> list[Request]:
    """Beginnings of words, with many finds; a small catalogue has not all of them."""
    known = {article.pattern for article in visitor.some(COLD_PAGES)}
    return [visitor.get(f"/suggestions/?q={name[:5]}", text='role="option"') for name in PATTERNS if name in known]


def api_list(visitor: Visitor) -> list[Request]:
    return [visitor.get("/api/v1/products/", text='"results"')]


def api_product(visitor: Visitor) -> list[Request]:
    return [visitor.get(f"/api/v1/products/{a.slug}/", text=a.title) for a in visitor.some(WARM_PAGES)]


def api_products(visitor: Visitor) -> list[Request]:
    return [visitor.get(f"/api/v1/products/{a.slug}/", text=a.title) for a in visitor.some(COLD_PAGES)]


def add(visitor: Visitor) -> list[Request]:
    """The second piece of a line that is there; a page without JavaScript sends the form and is sent on."""
    return [visitor.add(n * LINES, visitor.cart(n), text="/cart/") for n in range(visitor.carts)]


def add_htmx(visitor: Visitor) -> list[Request]:
    htmx = {"HX-Request": "true"}
    return [visitor.add(n * LINES, visitor.cart(n), headers=htmx, status=200) for n in range(visitor.carts)]


def api_add(visitor: Visitor) -> list[Request]:
    return [visitor.api_add(n * LINES, visitor.api_cart(n)) for n in range(visitor.carts)]


def cart(visitor: Visitor) -> list[Request]:
    return [visitor.get("/cart/", cookies=visitor.cart(n), text=visitor.article(n * LINES).title) for n in range(10)]


def api_cart(visitor: Visitor) -> list[Request]:
    return [visitor.get(f"/api/v1/carts/{visitor.api_cart(n)}/", text='"lines"') for n in range(10)]


def order(visitor: Visitor) -> list[Request]:
    return [visitor.order(number) for number in range(visitor.orders)]


def api_order(visitor: Visitor) -> list[Request]:
    return [visitor.api_order(number) for number in range(visitor.orders)]


def _staff(visitor: Visitor, *pages: tuple[str, str]) -> list[Request]:
    """Pages of the admin, (path, text), to somebody who is signed in."""
    cookies = visitor.sign_in()
    return [visitor.get(f"/admin/{path}", cookies=cookies, text=text) for path, text in pages]


def admin_home(visitor: Visitor) -> list[Request]:
    return _staff(visitor, ("", "bo-"))


def admin_products(visitor: Visitor) -> list[Request]:
    return _staff(visitor, *((f"catalog/product/{query}", "catalog/product/") for query in ("", "?p=3", "?stock=low")))


def admin_found(visitor: Visitor) -> list[Request]:
    """As many words with more finds than a page shows, in any catalogue, as SKUs."""
    wanted = visitor.some(20)
    words = [(f"catalog/product/?q={a.pattern}", a.pattern) for a in wanted]
    return _staff(visitor, *words, *((f"catalog/product/?q={a.skus[0]}", a.pattern) for a in wanted))


def admin_orders(visitor: Visitor) -> list[Request]:
    filters = ("", "?p=3", "?state__exact=paid", "?payment_method=card")
    return _staff(visitor, *((f"orders/order/{query}", "orders/order/") for query in filters))


def admin_order(visitor: Visitor) -> list[Request]:
    step = max(1, visitor.products // COLD_PAGES)
    return _staff(visitor, *((f"orders/order/{n}/change/", "64.60") for n in range(1, visitor.products, step)))


BARE = Scenario("bare", "Bare view, 16 KB", bare, part="bare")
SCENARIOS = [
    Scenario("home", "Home, warm", home, goal=0.9),
    Scenario("home-cold", "Home, cold", home, goal=10, cold=True),
    Scenario("category", "Category, warm", category, goal=0.9),
    Scenario("category-cold", "Category, cold", category, goal=10, cold=True),
    Scenario("product", "Product, warm", product, goal=0.9),
    Scenario("product-cold", "Product, cold", products, goal=10, cold=True),
    Scenario("product-304", "Product, not modified", not_modified, goal=0.8),
    Scenario("fragment", "Header of a guest with a cart", fragment),
    Scenario("search", "Search, cold", search, goal=12, cold=True),
    Scenario("search-words", "Search for two words, cold", search_words, goal=12, cold=True, grows=True),
    Scenario("search-mistyped", "Search with a typing error, cold", mistyped, goal=12, cold=True),
    Scenario("suggestions", "Search suggestions, cold", suggestions, goal=12, cold=True),
    Scenario("api-list", "API list, warm", api_list, goal=0.9),
    Scenario("api-list-cold", "API list, cold", api_list, goal=6, cold=True),
    Scenario("api-product", "API product, warm", api_product, goal=0.9),
    Scenario("api-product-cold", "API product, cold", api_products, goal=6, cold=True),
    Scenario("add", "Add to cart, form", add, goal=6),
    Scenario("add-htmx", "Add to cart, htmx", add_htmx, goal=6),
    Scenario("api-add", "Add to cart, API", api_add, goal=6),
    Scenario("cart", "Cart page, 3 lines", cart, goal=5),
    Scenario("api-cart", "API cart, 3 lines", api_cart, goal=5),
    Scenario("order", "Place order, guest, 3 lines", order, goal=30, once=True),
    Scenario("api-order", "Place order, API, 3 lines", api_order, goal=30, once=True),
    Scenario("admin-home", "Admin: front page", admin_home, goal=60),
    Scenario("admin-products", "Admin: products", admin_products, goal=60),
    Scenario("admin-found", "Admin: products searched for", admin_found, goal=60),
    Scenario("admin-orders", "Admin: orders", admin_orders, goal=60),
    Scenario("admin-order", "Admin: one order", admin_order, goal=60),
]
