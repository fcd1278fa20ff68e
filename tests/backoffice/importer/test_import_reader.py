"""Files that are odd, and files that are no product files at all."""

import pytest

from shop.backoffice.importer import reader
from shop.backoffice.importer.reader import UnreadableFile
from tests.backoffice.importer.files import shirt, write

GOOD = b"Handle,Title,Variant Price\r\nshirt,Shirt,20\r\n"


def read(path):
    found = reader.overview(path)
    return [[(row.line, row["handle"], row.error) for row in group] for group in reader.groups(path, found.scattered)]


def file(tmp_path, content):
    path = tmp_path / "products.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf8_is_read_with_and_without_its_mark(tmp_path, mark):
    assert read(file(tmp_path, mark + GOOD)) == [[(2, "shirt", "")]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (GOOD + "größe,Größe,3\r\n".encode("latin-1"), "not UTF-8: line 3 has the byte 0xf6"),
        (GOOD.decode().encode("utf-16"), "is UTF-16. Save it as CSV in UTF-8"),
        (b"PK\x03\x04rest", "is Excel"),
        (b"Handle;Title;Variant Price\r\na;b;1\r\n", "separated by commas"),
        (b"Name,Cost\r\na,b\r\n", "names no column Handle, Title, Variant Price"),
        (b"\r\n\r\n", "names no column"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(tmp_path, content, sentence):
    with pytest.raises(UnreadableFile) as refused:
        read(file(tmp_path, content))
    assert sentence in str(refused.value)


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read(tmp_path)


def test_a_quotation_mark_that_is_never_closed_costs_its_row_only(tmp_path):
    ((good,), (odd,)) = read(file(tmp_path, GOOD + b'hat,"Hat,3\r\nmore\r\n'))
    assert good == (2, "shirt", "")
    assert odd[0] == 3
    assert "never closed" in odd[2]


def test_text_behind_a_quotation_mark_costs_its_row_only(tmp_path):
    groups = read(file(tmp_path, GOOD + b'hat,"Hat"x,3\r\n' + b"cup,Cup,4\r\n"))
    assert [(line, handle) for ((line, handle, _error),) in groups] == [(2, "shirt"), (3, ""), (4, "cup")]
    assert "not CSV" in groups[1][0][2]


def test_more_values_than_columns_are_an_error_of_that_row(tmp_path):
    assert "more values" in read(file(tmp_path, GOOD + b"hat,Hat,3,4\r\n"))[1][0][2]


def test_short_rows_and_empty_lines_are_fine(tmp_path):
    assert read(file(tmp_path, GOOD + b"\r\n,,\r\nhat,Hat\r\n"))[1] == [(5, "hat", "")]


def test_groups_come_in_the_order_of_the_file_and_scattered_ones_last(tmp_path):
    path = write(tmp_path, shirt("a"), shirt("b"), shirt("b"), shirt("a"), shirt("c"))
    assert [[line for line, _handle, _error in group] for group in read(path)] == [[3, 4], [6], [2, 5]]


def test_only_scattered_products_are_held_in_memory(tmp_path):
    path = write(tmp_path, *(shirt(f"shirt-{number}") for number in range(50)))
    groups = reader.groups(path, reader.overview(path).scattered)
    next(groups)
    assert groups.gi_frame.f_locals["held"] == {}
