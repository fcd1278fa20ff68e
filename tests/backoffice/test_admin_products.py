"""Editing products: variants with stock, pictures with upload, and what is refused without losing what was typed."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection

from shop.catalog import services as catalog
from shop.catalog.models import Category, Product, ProductImage, Variant
from shop.inventory import services as inventory
from shop.inventory.models import Stock, StockMovement
from shop.platform.models import Image, OutboxMessage
from tests import factories
from tests.at_once import second
from tests.backoffice.pages import address, change_page, problems, read, save, typed

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PICTURE = {"images__TOTAL_FORMS": "1", "images__0__alt": "In front", "images__0__position": "0"}


def upload(colour="red", content=None):
    return SimpleUploadedFile("a.jpg", content or factories.jpeg(300, 200, colour).getvalue(), "image/jpeg")


def stock(variant):
    return Stock.objects.get(variant=variant)


class TestTheProduct:
    def test_a_new_one_comes_with_variants_stock_and_a_picture(self, admin):
        values = {
            "title": "Tile", "slug": "tile", "option_names": "Size", "tags": "blue, moorish, blue",
            "attributes": "Material: clay\nOrigin: Fez", "body_html": "<p>Fired</p><script>x()</script>",
            "variants__TOTAL_FORMS": "2",
            "variants__0__sku": "T-S", "variants__0__option_values": "S", "variants__0__price": "9",
            "variants__0__weight_g": "300", "variants__0__on_hand": "12", "variants__0__tracked": "on",
            "variants__1__sku": "T-L", "variants__1__option_values": "L", "variants__1__price": "15",
            "variants__1__weight_g": "700", "variants__1__on_hand": "0", "variants__1__allow_backorder": "on",
            **PICTURE, "images__0__upload": upload(),
        }  # fmt: skip
        assert save(admin, address(Product, "add"), **values).status_code == 302
        product = Product.objects.get(slug="tile")
        assert product.body_html == "<p>Fired</p>"
        assert (product.tags, product.attributes) == (["blue", "moorish"], {"Material": "clay", "Origin": "Fez"})
        assert (product.min_price, product.max_price) == (Decimal(9), Decimal(15))
        assert "o:size:L" in product.facets
        small, large = product.variants.select_related("stock")
        assert (small.stock.on_hand, small.stock.tracked, small.stock.allow_backorder) == (12, True, False)
        assert (large.stock.on_hand, large.stock.tracked, large.stock.allow_backorder) == (0, False, True)
        assert list(small.movements.values_list("change", "reason")) == [(12, "corrected")]
        assert product.images.get().alt == "In front"
        assert OutboxMessage.objects.filter(topic="media.renditions").count() == 1

    def test_who_saves_after_somebody_else_is_told_before_it_is_written_over(self, admin):
        product = factories.product("Tile")
        opened = read(admin, change_page(product))
        save(admin, change_page(product), title="Moorish tile", variants__0__price="12")
        answer = admin.post(change_page(product), {**opened, "title": "Roof tile"})
        assert "Somebody else has saved this since you opened it" in problems(answer)
        product.refresh_from_db()
        assert (product.title, product.min_price) == ("Moorish tile", Decimal(12))
        again = typed(answer.content.decode())
        assert again["title"] == "Roof tile"  # what was typed is kept
        assert admin.post(change_page(product), again).status_code == 302
        assert Product.objects.get().title == "Roof tile"

    @pytest.mark.django_db(transaction=True)
    def test_an_address_that_somebody_takes_in_the_same_moment_is_refused_beside_its_field(self, admin):
        values = {
            "title": "Tile", "slug": "tile", "body_html": "<p>Typed at length</p>",
            "variants__TOTAL_FORMS": "1",
            "variants__0__sku": "T", "variants__0__price": "9", "variants__0__weight_g": "1",
            **PICTURE, "images__0__upload": upload(),
        }  # fmt: skip
        sent = partial(save, admin, address(Product, "add"))
        page = problems(second(lambda: Product.objects.create(slug="tile", title="Another's"), sent, **values))
        assert "Product with this Address already exists" in page and "Typed at length" in page
        assert Product.objects.get().title == "Another's"

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("tags", "a\x00b", "Null characters are not allowed"),
            ("option_names", "a\x00b", "Null characters are not allowed"),
            ("attributes", "A: \x00", "Null characters are not allowed"),
            ("variants__0__option_values", "S\x00", "Null characters are not allowed"),
            ("body_html", "x" * 200_001, "at most 200000 characters"),
            ("variants__0__on_hand", "1000000001", "less than or equal to 1000000000"),
            ("initial__variants__0__on_hand", "ten", "Open the page again"),
        ],
    )
    def test_what_no_column_takes_is_refused_with_the_reason(self, admin, field, value, words):
        product = factories.product(prices=("1", "2"))
        assert words in problems(save(admin, change_page(product), **{field: value}))

    def test_it_needs_something_to_sell(self, admin):
        answer = save(admin, address(Product, "add"), title="Air", slug="air")
        assert "A product needs at least one variant" in problems(answer)

    def test_saving_it_as_it_is_changes_nothing(self, admin):
        product = factories.product(prices=("10", "12"), tags=("a", "b"), attributes={"A": "1"}, published_at=MONDAY)
        before = (Product.objects.values().get(), list(Variant.objects.values()), list(Stock.objects.values()))
        assert save(admin, change_page(product)).status_code == 302
        after = (Product.objects.values().get(), list(Variant.objects.values()), list(Stock.objects.values()))
        before[0].pop("updated_at"), after[0].pop("updated_at")
        assert before == after
        assert StockMovement.objects.count() == 2

    def test_a_new_price_reaches_what_lists_show(self, admin):
        product = factories.product()
        save(admin, change_page(product), variants__0__price="3.50")
        product.refresh_from_db()
        assert product.min_price == Decimal("3.50")

    def test_several_are_published_and_hidden_from_the_list(self, admin):
        products = [factories.product(), factories.product()]
        chosen = {"_selected_action": [product.pk for product in products]}
        admin.post(address(Product), {"action": "unpublish", **chosen})
        assert Product.objects.public().count() == 0
        admin.post(address(Product), {"action": "publish", **chosen})
        assert Product.objects.public().count() == 2

    @pytest.mark.parametrize("term", ["moorish", "moorish ti", "SKU-"])
    def test_the_list_is_searched_by_words_and_by_sku(self, admin, term):
        product = factories.product("Moorish tile")
        assert change_page(product) in admin.get(address(Product), {"q": term}).content.decode()
        assert change_page(product) not in admin.get(address(Product), {"q": "rug"}).content.decode()

    def test_a_whole_sku_finds_its_product_alone(self, admin):
        product = factories.product("Tile")
        sku = product.variants.get().sku
        other = factories.product(f"Tile like {sku}")
        page = admin.get(address(Product), {"q": sku}).content.decode()
        assert change_page(product) in page
        assert change_page(other) not in page

    def test_the_list_is_filtered_by_category_with_all_below_it(self, admin):
        leaf = catalog.category(["Home", "Tiles"])
        product, other = factories.product(categories=(leaf,)), factories.product()
        page = admin.get(address(Product), {"category": leaf.parent_id}).content.decode()
        assert change_page(product) in page
        assert change_page(other) not in page

    def test_the_list_is_filtered_by_what_is_sold_out(self, admin):
        gone, there = factories.product(stock=0), factories.product(stock=9)
        page = admin.get(address(Product), {"stock": "empty"}).content.decode()
        assert change_page(gone) in page
        assert change_page(there) not in page


class TestStock:
    def test_a_typed_stock_becomes_a_movement_that_says_who(self, admin):
        variant = factories.variant(stock=10)
        save(admin, change_page(variant.product), variants__0__on_hand="7")
        assert stock(variant).on_hand == 7
        movement = variant.movements.latest("pk")
        assert (movement.change, movement.reason, movement.reference) == (-3, "corrected", "admin boss@example.com")

    def test_what_is_sold_while_the_page_is_open_stays_sold(self, admin):
        variant = factories.variant(stock=10)
        page = read(admin, change_page(variant.product))
        inventory.take({variant.pk: 4}, reference="order")
        admin.post(change_page(variant.product), {**page, "variants-0-on_hand": "12"})
        assert stock(variant).on_hand == 8

    def test_a_page_that_changes_no_stock_brings_no_sold_piece_back(self, admin):
        variant = factories.variant(stock=10)
        page = read(admin, change_page(variant.product))
        inventory.take({variant.pk: 4}, reference="order")
        admin.post(change_page(variant.product), {**page, "title": "New title"})
        assert stock(variant).on_hand == 6

    def test_taking_out_more_than_is_left_is_refused_with_a_message_and_the_rest_is_saved(self, admin):
        variant = factories.variant(stock=10)
        page = read(admin, change_page(variant.product))
        inventory.take({variant.pk: 9}, reference="order")
        changed = {**page, "variants-0-on_hand": "2", "title": "New title"}
        answer = admin.post(change_page(variant.product), changed, follow=True)
        assert "stock would be below zero" in answer.content.decode()
        assert (stock(variant).on_hand, Product.objects.get().title) == (1, "New title")

    def test_less_than_nothing_needs_back_orders(self, admin):
        variant = factories.variant(stock=1)
        answer = save(admin, change_page(variant.product), variants__0__on_hand="-1")
        assert "needs “sell when empty”" in problems(answer)
        allowed = {"variants__0__on_hand": "-1", "variants__0__allow_backorder": "on"}
        assert save(admin, change_page(variant.product), **allowed).status_code == 302
        assert stock(variant).on_hand == -1

    def test_more_than_fits_into_a_row_is_refused(self, admin):
        answer = save(admin, change_page(factories.variant()), on_hand="9" * 11)
        assert "less than or equal to 1000000000" in problems(answer)

    def test_it_can_be_changed_on_the_variants_own_page_with_its_history(self, admin):
        variant = factories.variant(stock=10)
        assert save(admin, change_page(variant), on_hand="11", price="5").status_code == 302
        assert stock(variant).on_hand == 11
        assert Product.objects.get().min_price == 5
        assert "admin boss@example.com" in admin.get(change_page(variant)).content.decode()


class TestVariants:
    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"variants__1__option_values": "S"}, "correct the duplicate data"),
            ({"variants__1__option_values": ""}, "Give one value for each option (Size)"),
            ({"option_names": ""}, "The product has no options"),
            ({"variants__0__compare_at_price": "1"}, "may not be lower than the price"),
            ({"variants__0__price": "-1"}, "This cannot be below zero"),
        ],
    )
    def test_what_does_not_fit_together_is_refused_beside_the_field(self, admin, changes, refusal):
        product = factories.product(prices=("10", "12"))
        assert refusal in problems(save(admin, change_page(product), **changes))

    def test_two_may_swap_their_values(self, admin):
        product = factories.product(prices=("10", "12"))
        swapped = {"variants__0__option_values": "M", "variants__1__option_values": "S"}
        assert save(admin, change_page(product), **swapped).status_code == 302
        assert list(product.variants.values_list("option_values", flat=True)) == [["M"], ["S"]]

    def test_one_may_take_the_values_of_one_that_is_removed(self, admin):
        product = factories.product(prices=("10", "12"))
        _small, large = product.variants.all()
        values = {"variants__0__option_values": large.label, "variants__1__DELETE": "on"}
        assert save(admin, change_page(product), **values).status_code == 302
        assert [variant.label for variant in Variant.objects.filter(product=product)] == [large.label]

    @pytest.mark.parametrize(
        ("value", "refusal"), [("S", "Another variant has these values"), ("L | Blue", "Give one value for each")]
    )
    def test_its_own_page_refuses_values_that_do_not_fit(self, admin, value, refusal):
        small, large = factories.product(prices=("10", "12")).variants.all()
        assert small.label == "S"
        assert refusal in problems(save(admin, change_page(large), option_values=value))

    def test_one_can_be_removed(self, admin):
        product = factories.product(prices=("10", "12"))
        save(admin, change_page(product), variants__0__DELETE="on")
        assert [variant.price for variant in Variant.objects.filter(product=product)] == [12]
        product.refresh_from_db()
        assert product.min_price == 12

    def test_a_sku_that_another_product_has_is_refused(self, admin):
        taken = factories.variant().sku
        answer = save(admin, change_page(factories.product()), variants__0__sku=taken)
        assert "already exists" in problems(answer)


class TestPictures:
    def test_an_uploaded_picture_is_kept_while_something_else_is_corrected(self, admin):
        product = factories.product()
        answer = save(admin, change_page(product), title="", images__0__upload=upload(), **PICTURE)
        assert "In front" in problems(answer)
        kept = str(Image.objects.get().pk)
        assert f'name="images-0-image" value="{kept}"' in answer.content.decode()
        save(admin, change_page(product), images__0__image=kept, **PICTURE)
        assert product.images.get().image_id == int(kept)

    @pytest.mark.parametrize("content", [b"not a picture", b'<svg xmlns="http://www.w3.org/2000/svg"/>'])
    def test_what_is_no_picture_is_refused_and_nothing_typed_is_lost(self, admin, content):
        product = factories.product()
        answer = save(admin, change_page(product), title="New", images__0__upload=upload(content=content), **PICTURE)
        page = problems(answer)
        assert "not a picture we can read" in page
        assert 'value="New"' in page
        assert 'value="In front"' in page
        assert Image.objects.count() == 0

    def test_a_row_without_a_file_is_refused(self, admin):
        assert "Choose a file" in problems(save(admin, change_page(factories.product()), **PICTURE))

    def test_the_same_picture_twice_is_refused(self, admin):
        two = {**PICTURE, "images__TOTAL_FORMS": "2", "images__1__position": "1"}
        files = {"images__0__upload": upload(), "images__1__upload": upload()}
        answer = save(admin, change_page(factories.product()), **two, **files)
        assert "This picture is here already" in problems(answer)

    def test_a_picture_can_belong_to_one_of_the_products_own_variants_only(self, admin):
        product, stranger = factories.product(), factories.variant()
        own = product.variants.get()
        values = {**PICTURE, "images__0__variant": str(stranger.pk)}
        assert save(admin, change_page(product), images__0__upload=upload(), **values).status_code == 200
        values["images__0__variant"] = str(own.pk)
        assert save(admin, change_page(product), images__0__upload=upload(), **values).status_code == 302
        assert ProductImage.objects.get().variant == own


class TestCategories:
    def names(self, browser):
        rows = browser.get(address(Category)).context["cl"].result_list
        return [(category.tree_depth, category.name) for category in rows]

    def test_they_are_listed_as_a_tree(self, admin):
        for path in (["Textiles", "Rugs"], ["Paper"], ["Textiles", "Cushions"], ["Paper", "Cards"]):
            catalog.category(path)
        assert self.names(admin) == [(0, "Paper"), (1, "Cards"), (0, "Textiles"), (1, "Cushions"), (1, "Rugs")]

    def test_a_moved_category_takes_its_products_along(self, admin):
        rugs, floor = catalog.category(["Textiles", "Rugs"]), catalog.category(["Floor"])
        product = factories.product(categories=(rugs,))
        assert save(admin, change_page(rugs), parent=str(floor.pk)).status_code == 302
        product.refresh_from_db()
        assert {f"c:{floor.pk}", f"c:{rugs.pk}"} == {facet for facet in product.facets if facet.startswith("c:")}

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("leaf", [["Textiles", "Rugs"], ["Textiles", "Rugs", "Kilims"]])
    def test_it_takes_along_what_an_import_puts_there_at_the_same_moment(self, admin, leaf):
        category, floor = catalog.category(leaf), catalog.category(["Floor"])
        rugs = catalog.category(leaf[:2])
        page, put = change_page(rugs), partial(factories.product, categories=(category,))
        moved = read(admin, page) | {"parent": str(floor.pk)}
        second(lambda: admin.post(page, moved), put, title="Waited for the move")
        assert f"c:{floor.pk}" in Product.objects.get().facets
        back = moved | {"parent": str(rugs.parent_id)}
        second(lambda: put(title="Was waited for by the move back"), admin.post, path=page, data=back)
        assert all(f"c:{rugs.parent_id}" in product.facets for product in Product.objects.all())

    def test_a_category_cannot_be_put_below_itself(self, admin):
        rugs = catalog.category(["Textiles", "Rugs"])
        answer = save(admin, change_page(rugs.parent), parent=str(rugs.pk))
        assert answer.status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_of_two_that_are_put_below_each_other_at_once_the_second_stays(self, admin):
        rugs, floor = catalog.category(["Rugs"]), catalog.category(["Floor"])
        values = read(admin, change_page(floor)) | {"parent": str(rugs.pk)}
        answer = second(
            lambda: save(admin, change_page(rugs), parent=str(floor.pk)),
            admin.post,
            path=change_page(floor),
            data=values,
        )
        assert answer.status_code == 200
        assert self.names(admin) == [(0, "Floor"), (1, "Rugs")]

    def test_a_deleted_category_leaves_its_products(self, admin):
        rugs = catalog.category(["Rugs"])
        product = factories.product(categories=(rugs,))
        admin.post(address(Category, "delete", rugs.pk), {"post": "yes"})
        product.refresh_from_db()
        assert not [facet for facet in product.facets if facet.startswith("c:")]

    def test_categories_are_deleted_with_what_products_repeat_of_them_or_not_at_all(self, admin):
        rugs = catalog.category(["Rugs"])
        factories.product(categories=(rugs,))
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE catalog_product ADD CONSTRAINT frozen CHECK (false) NOT VALID")
        with pytest.raises(IntegrityError):
            admin.post(address(Category), {"action": "delete_selected", "_selected_action": rugs.pk, "post": "yes"})
        assert Category.objects.filter(pk=rugs.pk).exists()
