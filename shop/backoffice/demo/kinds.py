"""The kinds of things Tessel sells: their sizes, prices, care and the scenes they are shown in."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Size:
    """One size: its label, price in EUR with tax, weight in grams, and its measures in words."""

    label: str
    price: Decimal
    weight_g: int
    dimensions: str


@dataclass(frozen=True)
class Finish:
    """Another choice beside size and colour, such as a frame: what it adds to price and weight."""

    label: str
    price: Decimal = Decimal(0)
    weight_g: int = 0


@dataclass(frozen=True)
class Kind:
    code: str  # begins the SKU
    path: tuple[str, ...]  # category names from the root down
    product_type: str
    vendor: str
    sizes: tuple[Size, ...]
    material: str
    care: str
    origin: str
    scenes: tuple[str, ...]  # the first is the card's picture
    finishes: tuple[Finish, ...] = ()
    finish_name: str = "Finish"
    tax_class: str = "standard"


def _sizes(*rows: tuple[str, str, int, str]) -> tuple[Size, ...]:
    return tuple(Size(label, Decimal(price), weight, dimensions) for label, price, weight, dimensions in rows)


PRINT_ROOM = "Halden Print Room"
TILERY = "Taller Albayzín"
WEAVERS = "Weberei Sieben"
POTTERY = "Ofenhaus"
PAPER = "Kontor Papier"

KINDS = {
    "print": Kind(
        "PRT",
        ("Walls", "Wall prints"),
        "Wall print",
        PRINT_ROOM,
        _sizes(
            ("30 × 40 cm", "34.00", 220, "30 × 40 cm"),
            ("50 × 70 cm", "59.00", 420, "50 × 70 cm"),
            ("70 × 100 cm", "95.00", 760, "70 × 100 cm"),
        ),
        "Pigment inks on 240 g cotton paper",
        "Keep out of direct sun; dust the frame with a dry cloth",
        "Printed in Halden, Norway",
        ("framed", "sheet", "hanger"),
        (Finish("Unframed"), Finish("Oak frame", Decimal("48.00"), 1900)),
        "Frame",
    ),
    "wallpaper": Kind(
        "WAL",
        ("Walls", "Wallpaper"),
        "Wallpaper",
        PRINT_ROOM,
        _sizes(("Roll", "89.00", 1450, "53 cm × 10.05 m, straight match"), ("Sample", "4.00", 60, "53 × 30 cm")),
        "Non-woven paper, water-based inks",
        "Paste the wall; wipe with a damp cloth",
        "Printed in Halden, Norway",
        ("papered", "sheet", "roll"),
    ),
    "tile": Kind(
        "TIL",
        ("Walls", "Ceramic tiles"),
        "Ceramic tiles",
        TILERY,
        _sizes(
            ("Box of 22 (0.5 m²)", "79.00", 9300, "15 × 15 × 0.8 cm each"),
            ("Sample tile", "6.50", 420, "15 × 15 × 0.8 cm"),
        ),
        "White-bodied stoneware, screen-printed glaze",
        "Any mild cleaner; frost-proof, suitable for floors",
        "Fired in Granada, Spain",
        ("tiled", "tile_detail", "tile_set"),
        (Finish("Gloss"), Finish("Matt")),
    ),
    "cushion": Kind(
        "CUS",
        ("Textiles", "Cushions"),
        "Cushion",
        WEAVERS,
        _sizes(("45 × 45 cm", "49.00", 680, "45 × 45 cm"), ("60 × 60 cm", "69.00", 1150, "60 × 60 cm")),
        "Cover: 55 % linen, 45 % cotton; filling: duck feather",
        "Cover washes at 30 °C inside out; do not tumble",
        "Woven in Haslach, Austria",
        ("cushion", "closeup", "cushion_pair"),
    ),
    "throw": Kind(
        "THR",
        ("Textiles", "Throws"),
        "Throw",
        WEAVERS,
        _sizes(
            ("130 × 180 cm", "129.00", 1100, "130 × 180 cm with fringe"),
        ),
        "Lambswool, mill-dyed",
        "Hand wash cold or dry clean; dry flat",
        "Woven in Haslach, Austria",
        ("throw", "closeup", "folded"),
    ),
    "rug": Kind(
        "RUG",
        ("Textiles", "Rugs"),
        "Rug",
        WEAVERS,
        _sizes(
            ("70 × 140 cm", "159.00", 2400, "70 × 140 cm"),
            ("140 × 200 cm", "389.00", 6800, "140 × 200 cm"),
            ("200 × 300 cm", "790.00", 14500, "200 × 300 cm"),
        ),
        "New wool on a cotton warp, flat-woven",
        "Vacuum without a brush; turn twice a year",
        "Woven in Haslach, Austria",
        ("rug", "rug_above", "closeup"),
    ),
    "towel": Kind(
        "TOW",
        ("Kitchen & table", "Tea towels"),
        "Tea towels, set of two",
        WEAVERS,
        _sizes(
            ("50 × 70 cm, set of 2", "26.00", 240, "50 × 70 cm each"),
        ),
        "50 % linen, 50 % organic cotton",
        "Washes at 60 °C; softer every time",
        "Woven in Haslach, Austria",
        ("towel", "closeup", "folded"),
    ),
    "plate": Kind(
        "PLA",
        ("Kitchen & table", "Plates & bowls"),
        "Plate",
        POTTERY,
        _sizes(
            ("Side plate, 21 cm", "24.00", 480, "⌀ 21 cm"),
            ("Dinner plate, 27 cm", "34.00", 820, "⌀ 27 cm"),
            ("Platter, 33 cm", "58.00", 1350, "⌀ 33 cm"),
        ),
        "Porcelain, in-glaze decoration",
        "Dishwasher and microwave safe",
        "Fired in Höhr-Grenzhausen, Germany",
        ("plate", "setting", "rimmed"),
    ),
    "bowl": Kind(
        "BOW",
        ("Kitchen & table", "Plates & bowls"),
        "Bowl",
        POTTERY,
        _sizes(("Cereal, 15 cm", "22.00", 390, "⌀ 15 × 7 cm"), ("Salad, 25 cm", "62.00", 1280, "⌀ 25 × 10 cm")),
        "Stoneware, brushed under a clear glaze",
        "Dishwasher safe; warms slowly, not for the oven",
        "Fired in Höhr-Grenzhausen, Germany",
        ("bowls", "glazed"),
    ),
    "mug": Kind(
        "MUG",
        ("Kitchen & table", "Mugs & coasters"),
        "Mug",
        POTTERY,
        _sizes(
            ("0.3 l", "19.50", 340, "⌀ 8.5 × 9.5 cm, 0.3 l"),
        ),
        "Porcelain, in-glaze decoration",
        "Dishwasher and microwave safe",
        "Fired in Höhr-Grenzhausen, Germany",
        ("mug", "glazed"),
    ),
    "coaster": Kind(
        "COA",
        ("Kitchen & table", "Mugs & coasters"),
        "Coasters, set of four",
        POTTERY,
        _sizes(
            ("Set of 4", "28.00", 360, "⌀ 10 cm, 5 mm thick"),
        ),
        "Birch ply, melamine top, cork back",
        "Wipe with a damp cloth",
        "Pressed in Sweden",
        ("coasters", "glazed"),
    ),
    "notebook": Kind(
        "NOT",
        ("Paper", "Notebooks"),
        "Notebook",
        PAPER,
        _sizes(("A6", "9.50", 110, "10.5 × 14.8 cm, 128 pages"), ("A5", "14.50", 260, "14.8 × 21 cm, 192 pages")),
        "Thread-sewn, 90 g recycled paper, cloth spine",
        "Keep dry",
        "Bound in Leipzig, Germany",
        ("notebook", "notebooks", "sheet"),
        (Finish("Plain"), Finish("Dotted")),
        "Ruling",
    ),
    "book": Kind(
        "BOO",
        ("Paper", "Books"),
        "Book",
        PAPER,
        _sizes(
            ("Hardcover", "38.00", 980, "19 × 25 cm, 208 pages"),
        ),
        "Thread-sewn, 150 g uncoated paper",
        "Keep dry",
        "Printed in Leipzig, Germany",
        ("notebook", "sheet", "notebooks"),
        tax_class="reduced",
    ),
    "wrap": Kind(
        "WRP",
        ("Paper", "Cards & wrapping"),
        "Wrapping paper",
        PAPER,
        _sizes(("3 sheets", "8.50", 150, "50 × 70 cm each"), ("Roll of 5 m", "16.00", 420, "70 cm × 5 m")),
        "Uncoated 100 g paper, FSC mix",
        "Recycle with paper",
        "Printed in Leipzig, Germany",
        ("gift", "rolls", "sheet"),
    ),
    "card": Kind(
        "CRD",
        ("Paper", "Cards & wrapping"),
        "Greeting cards",
        PAPER,
        _sizes(
            ("Single", "3.80", 25, "A6, folded, with envelope"),
            ("Set of 8", "24.00", 190, "A6, folded, with envelopes"),
        ),
        "350 g cotton board, envelope of recycled paper",
        "Write with anything but a fountain pen in a hurry",
        "Printed in Leipzig, Germany",
        ("cards", "sheet"),
    ),
    "scarf": Kind(
        "SCA",
        ("Textiles", "Silk scarves"),
        "Silk scarf",
        PRINT_ROOM,
        _sizes(("65 × 65 cm", "79.00", 45, "65 × 65 cm"), ("90 × 90 cm", "119.00", 75, "90 × 90 cm")),
        "Silk twill, 14 momme, hand-rolled hem",
        "Dry clean, or hand wash cold with care",
        "Printed in Como, Italy",
        ("scarf", "silk", "closeup"),
    ),
    "tote": Kind(
        "TOT",
        ("Textiles", "Tote bags"),
        "Tote bag",
        WEAVERS,
        _sizes(
            ("38 × 42 cm", "32.00", 210, "38 × 42 cm, handles 32 cm"),
        ),
        "Organic cotton canvas, 340 g",
        "Washes at 40 °C",
        "Sewn in Braga, Portugal",
        ("tote", "closeup", "folded"),
    ),
}

# Text of the categories, in the order of the shop.
CATEGORIES: dict[tuple[str, ...], str] = {
    ("Walls",): "Pattern by the sheet, the roll and the square metre.",
    ("Walls", "Wall prints"): "Pigment prints on cotton paper, framed in oak if you like.",
    ("Walls", "Wallpaper"): "Paste-the-wall paper with repeats worth looking for.",
    ("Walls", "Ceramic tiles"): "Stoneware tiles from Granada. One is a sample, four make a figure.",
    ("Textiles",): "Linen, cotton and wool from a mill in the Mühlviertel, and silk from Como.",
    ("Textiles", "Cushions"): "Woven or printed covers, feather filled.",
    ("Textiles", "Throws"): "Lambswool for the other end of the sofa.",
    ("Textiles", "Rugs"): "Flat-woven wool, the same on both sides.",
    ("Textiles", "Silk scarves"): "Silk twill with a hand-rolled hem.",
    ("Textiles", "Tote bags"): "Canvas that carries a week of vegetables.",
    ("Kitchen & table",): "Porcelain, stoneware and half-linen, made to be used every day.",
    ("Kitchen & table", "Tea towels"): "Half-linen in sets of two: one to use, one to wash.",
    ("Kitchen & table", "Plates & bowls"): "Decoration under the glaze, so it outlives the dishwasher.",
    ("Kitchen & table", "Mugs & coasters"): "For the first coffee and the last tea.",
    ("Paper",): "Sewn, folded and wrapped.",
    ("Paper", "Notebooks"): "Thread-sewn books that lie flat.",
    ("Paper", "Books"): "Reading about repeats.",
    ("Paper", "Cards & wrapping"): "Paper that people keep.",
}
