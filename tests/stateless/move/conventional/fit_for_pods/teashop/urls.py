from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import path

from shop.stateless.bridge.views import media
from teashop import api, views

urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("tea/<slug:slug>/", views.tea, name="tea"),
    path("tea/<slug:slug>/add/", views.add, name="add"),
    path("cart/", views.show_cart, name="cart"),
    path("cart/order/", views.place_order, name="place-order"),
    path("order/<str:number>/", views.order, name="order"),
    path("order/<str:number>/invoice/", views.invoice, name="invoice"),
    path("sign-in/", auth.LoginView.as_view(), name="login"),
    path("sign-out/", auth.LogoutView.as_view(next_page="/"), name="logout"),
    path("api/teas/", api.Teas.as_view()),
    path("admin/", admin.site.urls),
    path("media/<path:name>", media),
]
