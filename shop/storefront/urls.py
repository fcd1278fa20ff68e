from django.urls import include, path

from shop.storefront import (
    account,
    addresses,
    cart,
    checkout,
    home,
    orders,
    paying,
    preview,
    product,
    products,
    shopper,
    suggestions,
)

# Looked through from the first to the last, so what is asked for most comes first
urlpatterns = [
    path("", home.home, name="home"),
    path("products/", products.products, name="products"),
    path("products/<str:slug>/", product.product, name="product"),
    path("categories/<slug:slug>/", products.category, name="category"),
    path("fragments/shopper/", shopper.fragment, name="shopper"),
    path("cart/", cart.cart, name="cart"),
    path("cart/lines/", cart.add, name="cart_lines"),
    path("cart/lines/<int:line_id>/", cart.change, name="cart_line"),
    path("cart/lines/<int:line_id>/remove/", cart.remove, name="cart_line_remove"),
    path("preview/<str:slug>/", preview.preview, name="preview"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/delivery/", checkout.delivery, name="checkout_delivery"),
    path("orders/<str:token>/", orders.order, name="order"),
    path("orders/<str:token>/pay/", paying.pay, name="order_pay"),
    path("orders/<str:token>/return/", paying.come_back, name="order_return"),
    path("payments/<str:method>/webhook/", paying.webhook, name="payment_webhook"),
    path("account/", account.overview, name="account"),
    path("account/orders/", account.orders, name="account_orders"),
    path("account/addresses/", addresses.addresses, name="account_addresses"),
    path("account/addresses/new/", addresses.new, name="account_address_new"),
    path("account/addresses/<int:address_id>/", addresses.edit, name="account_address"),
    path("account/addresses/<int:address_id>/remove/", addresses.remove, name="account_address_remove"),
    path("account/", include("allauth.account.urls")),
]
