"""Nobody pays into an account that was made up."""

from tests.stateless.test_command import PRODUCTION, run

ASK = "import django; django.setup(); from shop.payments.providers.bank_transfer import BankTransfer as B; "


def test_in_production_bank_transfer_is_not_offered_before_an_account_is_named():
    said = run("-c", f"{ASK}print(B().is_offered())", **PRODUCTION, SHOP_BANK_ACCOUNT="")
    assert said.stdout.split() == ["False"], said.stderr
