from shop.pricing.models.delivery import ShippingMethod, ShippingRate
from shop.pricing.models.tax import TaxRate
from shop.pricing.models.voucher import (
    CODE,
    COUNTED,
    CodeField,
    Redemption,
    RedemptionQuerySet,
    Voucher,
    VoucherQuerySet,
    spelled,
)

__all__ = [
    "CODE", "COUNTED", "CodeField", "Redemption", "RedemptionQuerySet", "ShippingMethod", "ShippingRate", "TaxRate",
    "Voucher", "VoucherQuerySet", "spelled",
]  # fmt: skip
