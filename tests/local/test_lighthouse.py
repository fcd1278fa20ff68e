"""What is told of Lighthouse's scores."""

import pytest

from config.local import lighthouse
from config.local.errors import LaunchError
from config.local.lighthouse import BEGIN, CATEGORIES, END, TIMES, Found


def test_the_scores_take_the_place_of_the_former_ones(tmp_path, monkeypatch):
    page = tmp_path / "lighthouse.md"
    page.write_text(f"Above\n{BEGIN}\n| Home | 12 |\n{END}\nBelow\n")
    monkeypatch.setattr(lighthouse, "PAGE", page)
    lighthouse.publish([Found("Cart", dict.fromkeys(CATEGORIES, 98), dict.fromkeys(TIMES, "0.1 s"))])
    told = page.read_text()
    assert "| Cart | 98 | 98 | 98 | 98 | 0.1 s | 0.1 s | 0.1 s |" in told
    assert "12" not in told.replace(lighthouse.VERSION, "")
    assert (told.startswith("Above\n"), told.endswith("\nBelow\n")) == (True, True)


def test_a_machine_without_npm_is_told_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(lighthouse, "PLACE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LaunchError, match=r"install Node\.js"):
        lighthouse.fetch()
