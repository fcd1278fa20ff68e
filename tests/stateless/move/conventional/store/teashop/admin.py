from django.contrib import admin

from teashop.models import Order, Tea


@admin.register(Tea)
class TeaAdmin(admin.ModelAdmin):
    list_display = ["name", "cents", "stock"]


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "email", "cents", "placed_at", "confirmed_at"]
