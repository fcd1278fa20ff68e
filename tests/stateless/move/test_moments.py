"""What MySQL keeps as a date or a time and is none arrives as it is stored, so that the survey names its row.

The rest of MySQL is tried by hand (docs/move/database.md).
"""

import datetime

import pytest
from django.db.backends.utils import typecast_time
from django.utils.dateparse import parse_date

from shop.stateless.move.database.moments import careful


def test_a_time_of_more_than_a_day_is_no_error_of_the_driver():
    assert careful(typecast_time)("25:10:00") == "25:10:00"
    assert careful(typecast_time)("23:10:00") == datetime.time(23, 10)


@pytest.mark.parametrize("text", ["0000-00-00", "2020-02-00", "no date"])
def test_a_date_of_which_the_driver_makes_nothing_is_not_lost(text):
    assert careful(parse_date)(text) == text
