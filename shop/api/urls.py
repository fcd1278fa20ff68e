"""The API, version 1."""

from django.urls import path, re_path, register_converter
from django.urls.converters import UUIDConverter

from shop.api import accounts, cart, catalog, devices, gift_cards, my_data, orders, paying
from shop.api.docs import Docs, Schema

app_name = "api"


class AnyUUIDConverter(UUIDConverter):
    """Django's takes small letters only; phones of one maker write UUIDs in capitals (RFC 9562, 4: both are read)."""

    regex = UUIDConverter.regex.replace("a-f", "a-fA-F")


register_converter(AnyUUIDConverter, "any_uuid")

# Looked through from the first to the last, so what is asked for most comes first
urlpatterns = [
    path("products/", catalog.Products.as_view(), name="products"),
    re_path(r"^products/(?P<slug>[-\w]+)/$", catalog.OneProduct.as_view(), name="product"),
    path("categories/", catalog.Categories.as_view(), name="categories"),
    path("carts/", cart.Carts.as_view(), name="carts"),
    path("carts/current/", cart.CurrentCart.as_view(), name="current_cart"),
    path("carts/<any_uuid:cart_id>/", cart.OneCart.as_view(), name="cart"),
    path("carts/<any_uuid:cart_id>/lines/", cart.Lines.as_view(), name="lines"),
    path("carts/<any_uuid:cart_id>/lines/<int:line_id>/", cart.OneLine.as_view(), name="line"),
    path("carts/<any_uuid:cart_id>/vouchers/", cart.Vouchers.as_view(), name="vouchers"),
    path("carts/<any_uuid:cart_id>/gift-cards/", cart.GiftCards.as_view(), name="gift_cards"),
    path("carts/<any_uuid:cart_id>/shipping-methods/", cart.ShippingMethods.as_view(), name="shipping_methods"),
    path("auth/register/", accounts.Register.as_view(), name="register"),
    path("auth/token/", accounts.Token.as_view(), name="token"),
    path("auth/token/refresh/", accounts.Refresh.as_view(), name="refresh"),
    path("auth/cognito/", accounts.Cognito.as_view(), name="cognito"),
    path("auth/logout/", accounts.Logout.as_view(), name="logout"),
    path("me/", accounts.Me.as_view(), name="me"),
    path("me/data/", my_data.MyData.as_view(), name="my_data"),
    path("me/devices/", devices.Devices.as_view(), name="devices"),
    path("me/devices/<any_uuid:device_id>/", devices.OneDevice.as_view(), name="device"),
    path("orders/", orders.Orders.as_view(), name="orders"),
    re_path(r"^orders/(?P<number>[A-Za-z0-9-]{1,12})/$", orders.OneOrder.as_view(), name="order"),
    re_path(r"^orders/(?P<number>[A-Za-z0-9-]{1,12})/payments/$", paying.Payments.as_view(), name="payments"),
    path("gift-cards/balance/", gift_cards.Balance.as_view(), name="gift_card_balance"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
]
