"""Nobody pays into an account that was made up."""

import pytest

from tests.stateless.test_command import PRODUCTION, run

ASK = "import django; django.setup(); from shop.payments.providers.bank_transfer import BankTransfer as B; "


@pytest.mark.parametrize(("account", "offered"), [("", "False"), ("Shop Ltd, IBAN DE00", "True")])
def test_in_production_bank_transfer_is_offered_once_an_account_is_named(account, offered):
    said = run("-c", f"{ASK}print(B().is_offered())", **PRODUCTION, SHOP_BANK_ACCOUNT=account)
    assert said.stdout.split() == [offered], said.stderr
