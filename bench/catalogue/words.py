"""What the generated products are called and made of."""


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


CATEGORIES = {
    "Wall": ("Prints", "Posters", "Murals", "Wallpaper", "Canvases"),
    "Sofa": ("Cushions", "Throws", "Blankets", "Poufs"),
    "Table": ("Runners", "Napkins", "Placemats", "Coasters", "Trays"),
    "Kitchen": ("Towels", "Aprons", "Bowls", "Plates", "Mugs", "Jars"),
    "Floor": ("Rugs", "Mats", "Tiles", "Stepping stones"),
    "Desk": ("Notebooks", "Cards", "Calendars", "Folders"),
    "Wardrobe": ("Scarves", "Bags", "Shawls", "Gloves"),
    "Bed": ("Sheets", "Quilts", "Pillowcases", "Spreads"),
}
ADJECTIVES = _listed(
    "amber ashen autumn azure bold breezy bright calm chalky clear coastal cobalt copper coral creamy crisp "
    "dark deep dusky dusty early faded fern flint folded foggy forest frosted gentle gilded glazed golden "
    "grand grey hazel heather honey indigo inky ivory jade large late lemon light linen little lunar meadow "
    "midnight mild misty mossy muted navy northern"
)
PATTERNS = _listed(
    "acanthus arabesque arc arrow basket bloom brick chevron circle cloud cobble compass coral crane cross "
    "cube diamond dot fan feather fern fish flame fret gable girih grid harlequin heron herringbone hexagon "
    "honeycomb houndstooth ikat ivy kite lace lattice laurel leaf lily lotus lozenge maple maze meander moon "
    "oak ogee olive paisley palm pebble petal pine plaid pomegranate quatrefoil rain ripple"
)
MATERIALS = _listed("bamboo ceramic cotton flax glass hemp jute linen oak paper porcelain silk stoneware wool")
VENDORS = (
    "Aalto & Berg",
    "Casa Lume",
    "Delfts Atelier",
    "Fjordverk",
    "Girih Works",
    "Haus Sieben",
    "Isola",
    "Kelim & Co",
    "Lindgren",
    "Majolica Sur",
    "Nordlys",
    "Officina",
    "Petit Carreau",
    "Quatre Saisons",
    "Riad",
    "Studio Tal",
)
COLOURS = _listed("Sand Clay Moss Ink Rust Fog Plum Teal Rose Straw Slate Chalk")
SIZES = ("Small", "Medium", "Large")
TAGS = _listed("new gift classic kids bestseller outdoor handmade recycled")
SENTENCES = (
    "The {pattern} repeats every {number} centimetres and meets itself at the seams.",
    "Made of {material}, which softens with each year.",
    "Drawn by hand in our {adjective} studio and printed in small runs.",
    "It looks at home beside plain {colour} and beside other patterns of the same weight.",
    "Wipe it with a damp cloth; keep it out of the midday sun.",
    "The {adjective} ground comes from pigments of the region.",
    "Each piece differs a little from the next, as {material} does.",
    "Measured across, the {pattern} is {number} millimetres wide.",
    "Sent flat and wrapped in paper, never in plastic.",
    "The maker signs it on the back, with the year.",
)
