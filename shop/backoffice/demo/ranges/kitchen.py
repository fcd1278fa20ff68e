"""Tea towels, plates, bowls, mugs and coasters."""

from shop.backoffice.demo.item import Item

TOWELS = (
    Item(
        "towel", "Kitchen Check", "plaid", ("Delft", "Terracotta"),
        "The check that hung in every farmhouse kitchen, woven a shade finer.\n"
        "Half-linen dries glasses without lint because flax has long fibres and cotton drinks. It looks its best "
        "creased.",
        mood="chalk", seed=5, tags=("check", "linen", "bestseller"),
    ),
    Item(
        "towel", "Terrazzo", "terrazzo", ("Azulejo", "Clay"),
        "Chips of stone, scattered by a rule that forbids them to touch.\n"
        "Four sizes of chip, large ones first. Printed with reactive dyes that survive the boil wash.",
        mood="mist", seed=2, tags=("terrazzo", "colourful"),
    ),
    Item(
        "towel", "Sunny Side", "arches", ("Saffron", "Fjord"),
        "Rainbows for people who wash up by hand.\n"
        "The arches stand in brick order and change their colours from row to row. There is a loop at the short "
        "side and one in the corner, because kitchens differ.",
        mood="sand", seed=2, tags=("retro", "colourful"), sale=30,
    ),
    Item(
        "towel", "Bay Leaf", "leaves", ("Sage", "Olive"),
        "Two stems of bay, climbing.\n"
        "The set comes in one colourway; the second towel is printed as the negative of the first. Flat when "
        "pressed, soft when not.",
        mood="sage", scale=0.9, tags=("botanical", "linen"), low=("*",),
    ),
    Item(
        "towel", "Seaside", "seigaiha", ("Indigo",),
        "Waves on half-linen, for houses with sand on the kitchen floor.\n"
        "One scale in twenty is coral red. Nobody has complained so far.",
        mood="mist", seed=4, tags=("waves", "japanese"), sold_out=("*",),
    ),
)  # fmt: skip

PLATES = (
    Item(
        "plate", "Alhama", "khatam", ("Indigo", "Terracotta"),
        "A star in the middle, crosses around it, and the rim cuts the pattern where it likes.\n"
        "The decoration melts into the glaze at 1,240 degrees and is as hard as the plate. Stack them and the "
        "edges make a stripe.",
        mood="mist", scale=0.85, tags=("moorish", "stars", "bestseller"),
    ),
    Item(
        "plate", "Tall Grass", "fern", ("Olive",),
        "Sprigs for a salad that brings its own.\n"
        "We scan real ferns, redraw them with six leaves fewer, and print one green only. The side plate shows a "
        "single sprig.",
        mood="sage", scale=0.9, seed=2, tags=("botanical", "calm"),
    ),
    Item(
        "plate", "Delft Morning", "delft", ("Delft", "Plum"),
        "Breakfast in blue: little flowers on a lot of white.\n"
        "Drawn with a brush of three hairs and only then scanned, which is why the lines swell. Goes with any "
        "white plate you already own.",
        mood="chalk", scale=0.75, seed=3, tags=("dutch", "blue and white"), low=("Platter",),
    ),
    Item(
        "plate", "Half Moon Bay", "bauhaus", ("Coral", "Night"),
        "Quarter circles under the pasta.\n"
        "A loud plate, honestly. One of them on a table of white ones is enough, and then it is the best seat.",
        mood="clay", seed=9, scale=0.9, tags=("geometric", "bauhaus", "colourful"), sale=20,
    ),
    Item(
        "bowl", "Hemp", "asanoha", ("Sage", "Indigo"),
        "Facets run up the wall of the bowl and stop at a plain white well.\n"
        "The ribs you feel are the brush lines under the glaze. Big enough for ramen, in the large size for the "
        "salad of six.",
        mood="sage", scale=0.9, tags=("japanese", "stoneware"),
    ),
    Item(
        "bowl", "Scales", "seigaiha", ("Mint", "Oxblood"),
        "Rows of scales, and soup in the middle.\n"
        "Stoneware keeps warm about ten minutes longer than porcelain; we timed it with lentils. Glazed all over,"
        " foot ring sanded.",
        mood="chalk", seed=6, scale=0.9, tags=("japanese", "waves", "stoneware"), sold_out=("Salad",),
    ),
    Item(
        "bowl", "Pebble Beach", "terrazzo", ("Saffron", "Fjord"),
        "Stones from four beaches, sorted by size.\n"
        "Every bowl shows another corner of the pattern, since the transfer is cut without looking. That saves a "
        "fifth of the paper.",
        mood="sand", seed=5, tags=("terrazzo", "stoneware"),
    ),
)  # fmt: skip

MUGS = (
    Item(
        "mug", "First Coffee", "orbits", ("Terracotta", "Azulejo", "Olive"),
        "A mug with a good handle: three fingers, no knuckle against the wall.\n"
        "Quarter rings run around it without a visible seam, which took longer to get right than the shape. "
        "It fits under every coffee machine we know.",
        mood="sand", seed=3, scale=0.8, tags=("retro", "circles", "bestseller"),
    ),
    Item(
        "mug", "Tea Garden", "meadow", ("Coral", "Plum"),
        "Flat flowers on thin stems, tall enough to reach over the rim.\n"
        "Thin-walled, so the lip stays kind to tea. Holds a third of a litre if you fill it like an optimist.",
        mood="mist", seed=4, scale=0.55, tags=("botanical", "retro"),
    ),
    Item(
        "coaster", "Four Ponds", "moire", ("Indigo", "Oxblood"),
        "Rings against rings.\n"
        "Set a glass down and the pattern seems to spread from it. Birch ply with a cork back; they survive being"
        " forgotten in the garden once.",
        mood="chalk", scale=0.6, tags=("op art", "circles"), sale=25,
    ),
    Item(
        "coaster", "Facets", "prisms", ("Saffron", "Mint"),
        "Four corners of one large field of triangles.\n"
        "Lay them right and they continue each other, which occupies guests until the food is ready. "
        "Wipe them and put them back in any order.",
        mood="clay", seed=2, scale=0.75, tags=("geometric", "triangles"), sold_out=("Mint",),
    ),
)  # fmt: skip

ITEMS = (*TOWELS, *PLATES, *MUGS)
