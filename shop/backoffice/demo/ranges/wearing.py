"""Scarves and bags."""

from shop.backoffice.demo.item import Item

ITEMS = (
    Item(
        "scarf", "Carousel", "orbits", ("Plum", "Coral"),
        "Rings that break and meet again, inside a border of three stripes.\n"
        "Folded to a triangle it shows a different picture from each side of your neck. Twill of 14 momme: enough"
        " weight to fall, not enough to itch.",
        mood="sand", seed=5, scale=0.85, tags=("silk", "circles", "bestseller"),
    ),
    Item(
        "scarf", "Ottoman Drop", "ogee", ("Oxblood", "Indigo"),
        "Drops inside drops, from the kaftans of Bursa.\n"
        "The hem is rolled and stitched by hand, twelve stitches to the inch, and it takes a woman in Como forty "
        "minutes. You can see where she started.",
        mood="mist", scale=0.85, tags=("silk", "ottoman"),
    ),
    Item(
        "scarf", "Pool", "contours", ("Azulejo",),
        "The floor of a swimming pool at four in the afternoon.\n"
        "Lines of light around four drains, as blue as we could make them. Packed in a flat box that fits through"
        " a letter slot.",
        mood="chalk", seed=8, scale=0.8, tags=("silk", "organic"), sale=30, low=("90 × 90 cm",),
    ),
    Item(
        "scarf", "Basilica", "rosette", ("Umber", "Delft"),
        "Strapwork in gold and brown, like the inside of a dome.\n"
        "The lines are one millimetre wide at full size; silk holds them, cotton would not. "
        "Made to be worn over a dark coat.",
        mood="clay", scale=0.8, tags=("silk", "moorish", "lines"), sold_out=("65 × 65 cm",),
    ),
    Item(
        "tote", "Market Day", "petals", ("Saffron", "Fjord"),
        "Carries a week of vegetables and one book.\n"
        "Canvas of 340 grams, straps sewn with a cross, a small pocket inside for keys. The pattern is printed "
        "before sewing and runs over the side seams.",
        mood="chalk", scale=0.9, tags=("circles", "cotton", "bestseller"),
    ),
    Item(
        "tote", "Weather Bag", "dunes", ("Fjord", "Clay"),
        "Hills on one side, the same hills from behind on the other.\n"
        "Waxed lightly at the bottom, where bags are put down in puddles. Shorter handles on request, longer ones"
        " are what we sew.",
        mood="mist", seed=3, scale=0.7, tags=("landscape", "cotton"),
    ),
    Item(
        "tote", "Sail", "pinwheels", ("Coral",),
        "Sixteen sails and a good breeze.\n"
        "Made from the ends of a cushion run, so there are eighty and then there are none. "
        "No two are cut alike; each has its number sewn inside.",
        mood="sand", scale=0.9, tags=("geometric", "cotton"), sold_out=("*",),
    ),
)  # fmt: skip
