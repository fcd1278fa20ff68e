"""Notebooks, a book, wrapping paper and cards."""

from shop.backoffice.demo.item import Item

ITEMS = (
    Item(
        "notebook", "Field Book Waves", "seigaiha", ("Plum", "Fjord"),
        "A book for plans, with the sea on its cover.\n"
        "Sewn in twelve sections, so it lies flat from the first page. The elastic band is as wide as it should "
        "be, and there is a pocket for tickets.",
        mood="clay", seed=7, scale=0.8, tags=("waves", "japanese", "bestseller"),
    ),
    Item(
        "notebook", "Field Book Ribbon", "truchet", ("Coral", "Pine"),
        "One line wanders over the whole cover and around the spine.\n"
        "Each print run throws the coin anew: your book shares its drawing with 299 others. Paper that takes "
        "fountain pens without a grudge.",
        mood="mist", seed=12, scale=0.85, tags=("geometric", "lines"),
    ),
    Item(
        "notebook", "Field Book Blocks", "cubes", ("Saffron", "Indigo"),
        "Cubes on the outside, nothing on the inside.\n"
        "Ochre tops mark the boxes somebody has opened. Rounded corners, because bags are rough.",
        mood="sand", seed=5, scale=0.9, tags=("geometric", "op art"), sale=20,
    ),
    Item(
        "notebook", "Field Book Leaves", "leaves", ("Olive",),
        "For gardeners: a page has room for a bed, a spread has room for a season.\n"
        "The cover cloth is green down to the edge, so soil does not show. Dotted or plain, both with numbered "
        "pages.",
        mood="sage", scale=0.8, tags=("botanical",), low=("A5",), sold_out=("A6",),
    ),
    Item(
        "book", "Repeat: A Pattern Atlas", "rosette", ("Azulejo",),
        "Two hundred pages on why some patterns have no end.\n"
        "Seventeen chapters for the seventeen ways to fill a plane, each with a compass construction, a place to "
        "see it, and a recipe to draw your own. "
        "Written in our print room over four winters; the index alone is worth an evening.",
        mood="chalk", scale=0.9, tags=("book", "moorish", "gift"),
    ),
    Item(
        "wrap", "Confetti Stone", "terrazzo", ("Coral", "Indigo"),
        "A paper that hides bad folding.\n"
        "The chips run in all directions, so no seam looks crooked. Uncoated, which means that it can be written "
        "on and goes into the paper bin with a clear conscience.",
        mood="sand", seed=8, tags=("terrazzo", "gift", "colourful"),
    ),
    Item(
        "wrap", "Winter Stars", "hexstars", ("Oxblood", "Sage"),
        "Six-pointed stars without a single reindeer.\n"
        "Works in December and, to be honest, also for a birthday in May. Heavy enough to be used a second time.",
        mood="clay", scale=0.8, tags=("stars", "gift"), low=("Roll of 5 m",),
    ),
    Item(
        "wrap", "Hemp Fold", "asanoha", ("Mint", "Plum"),
        "Facets that look folded before you start.\n"
        "Cut along the white lines if you have no ruler: they are straight over the whole roll. "
        "The back is plain white and takes a pencil.",
        mood="mist", scale=0.9, tags=("japanese", "gift"), sale=15,
    ),
    Item(
        "card", "Small Hours", "moons", ("Night", "Saffron"),
        "A card for births, farewells and other things that happen at night.\n"
        "The inside is empty. The envelope is lined in the colour of the moon.",
        mood="mist", seed=5, scale=0.8, tags=("night", "gift"),
    ),
    Item(
        "card", "Cut-outs", "papercut", ("Terracotta", "Mint"),
        "Suns, weeds and pebbles, twelve to a card.\n"
        "Printed in five spot colours on a press from 1968 that needs a kind word on cold mornings. The set holds"
        " eight cards of four designs.",
        mood="sage", seed=11, scale=0.75, tags=("collage", "gift", "colourful"), sold_out=("*",),
    ),
)  # fmt: skip
