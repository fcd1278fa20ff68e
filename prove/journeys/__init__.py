"""What visitors do, by the names that plans use."""

from collections.abc import Callable

from prove.client import Client
from prove.journeys import browser, phone, staff

Script = Callable[[Client], dict[str, object]]
SCRIPTS: dict[str, Script] = {
    "guest": browser.guest,
    "guest-card": browser.guest_by_card,
    "member": browser.member,
    "window": browser.window,
    "window-member": browser.window_member,
    "phone": phone.guest,
    "phone-card": phone.guest_by_card,
    "phone-member": phone.member,
    "staff": staff.look_after_a_product,
}
# What each visitor looks at when all is over, with the same browser or phone
AFTERWARDS: dict[str, Script] = {
    "guest": browser.look_at_order,
    "guest-card": browser.look_at_order,
    "member": browser.look_at_account,
    "window": browser.look_at_cart,
    "window-member": browser.look_at_own_cart,
    "phone": phone.look_at_order,
    "phone-card": phone.look_at_order,
    "phone-member": phone.look_at_account,
    "staff": staff.look_at_product,
}
