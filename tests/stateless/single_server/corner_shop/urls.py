from corner_shop.stock import views

urlpatterns: list[object] = []
__all__ = ["views"]
