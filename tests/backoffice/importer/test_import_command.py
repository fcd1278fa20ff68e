"""What `import_products` prints, and how it ends."""

import pytest
from django.core.management import CommandError, call_command

from shop.catalog.models import Product
from tests.backoffice.importer.files import shirt, write

pytestmark = pytest.mark.django_db


def test_it_prints_what_was_rejected_and_ends_with_1(tmp_path, capsys):
    file = write(tmp_path, shirt(), shirt("odd", price="x"))
    with pytest.raises(SystemExit) as ended:
        call_command("import_products", str(file), "--no-fetch")
    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "Line 3 (odd): the price “x” is not a number" in printed
    assert "Products created" in printed


def test_it_ends_well_when_all_rows_were_imported(tmp_path, capsys):
    call_command("import_products", str(write(tmp_path, shirt())), "--no-fetch")
    assert Product.objects.count() == 1


def test_a_dry_run_says_so(tmp_path, capsys):
    call_command("import_products", str(write(tmp_path, shirt())), "--no-fetch", "--dry-run")
    assert "Nothing was changed" in capsys.readouterr().out
    assert Product.objects.count() == 0


def test_it_ends_with_2_when_nothing_can_be_read(tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as refused:
        call_command("import_products", str(tmp_path / "missing.csv"))
    assert refused.value.returncode == 2


def test_a_directory_of_pictures_has_to_be_one(tmp_path):
    with pytest.raises(CommandError, match="is not a directory"):
        call_command("import_products", str(write(tmp_path, shirt())), "--images", str(tmp_path / "nowhere"))
