"""Cushions, throws and rugs."""

from shop.backoffice.demo.item import Item

CUSHIONS = (
    Item(
        "cushion", "Shippo", "petals", ("Fjord", "Oxblood"),
        "Circles that overlap by exactly a quarter, with only the lenses coloured.\n"
        "In Japan the pattern means seven treasures, in Rome it paved bathhouses. On linen it mostly means that "
        "crumbs do not show.",
        mood="mist", tags=("japanese", "circles", "bestseller"),
    ),
    Item(
        "cushion", "Little Waves", "seigaiha", ("Indigo", "Coral", "Sage"),
        "Blue sea waves, row over row, with a warm one now and then.\n"
        "The odd scales are not a fault: five in each repeat are dyed in the second colour, and finding them is a"
        " good game for a long phone call. "
        "The cover closes with a hidden zip.",
        mood="sand", seed=2, tags=("japanese", "waves"),
    ),
    Item(
        "cushion", "Tumbling Blocks", "cubes", ("Terracotta", "Charcoal"),
        "Is the corner in front or behind?\n"
        "Marble floors on Delos asked the same question two thousand years ago. Three tones are enough; the "
        "fourth, ochre, keeps you from ever being sure.",
        mood="clay", seed=3, tags=("geometric", "op art"),
    ),
    Item(
        "cushion", "Ikat Lozenge", "ikat", ("Oxblood", "Azulejo"),
        "The threads are dyed before they are woven, and in the loom each bundle slips a hair.\n"
        "That is where the feathered edge comes from; no printer can fake it, though we hear they try. Every "
        "cover is a little different from its picture.",
        mood="chalk", tags=("ikat", "woven"), sale=20,
    ),
    Item(
        "cushion", "Indigo Rings", "shibori", ("Indigo",),
        "Bound with thread, dipped eleven times, opened again.\n"
        "What the thread protected stays pale. The rings are never quite round because fingers tie them, not "
        "machines.",
        mood="mist", seed=2, scale=1.1, tags=("shibori", "blue and white"), low=("60 × 60 cm",),
    ),
    Item(
        "cushion", "Star Quilt", "quilt", ("Pine", "Plum"),
        "A random quarter, mirrored twice: that is how a medallion happens.\n"
        "We printed it on heavy half-linen and quilted along the long diagonals, so the triangles catch the light"
        " like a real patchwork. "
        "It is the firmest of our cushions.",
        mood="sage", seed=4, tags=("geometric", "patchwork"),
    ),
    Item(
        "cushion", "Pinwheel", "pinwheels", ("Mint", "Terracotta"),
        "Sixteen sails, and half of them turn the other way.\n"
        "The calm twin of our Star Quilt, made for a chair in a window. The ground is undyed linen.",
        mood="sand", tags=("geometric",), sold_out=("Terracotta",),
    ),
    Item(
        "cushion", "Agate", "contours", ("Umber", "Clay"),
        "Cut a stone and there is weather in it.\n"
        "Bands of brown, sand and cream run around four centres, woven as jacquard so the back shows the negative. "
        "Lies beautifully on leather.",
        mood="clay", seed=6, tags=("organic", "woven"), sold_out=("*",),
    ),
)  # fmt: skip

THROWS = (
    Item(
        "throw", "Harbour Check", "plaid", ("Fjord", "Oxblood"),
        "A twill check in the blue of wet slate, with one thin line of rope yellow.\n"
        "The wool is spun soft and fulled for an hour, which closes the cloth and keeps draughts out. It smells "
        "faintly of sheep for the first week.",
        mood="mist", seed=2, tags=("check", "wool", "bestseller"),
    ),
    Item(
        "throw", "Orchard Check", "plaid", ("Olive", "Plum"),
        "Windfall colours: moss, quince and the red side of an apple.\n"
        "Where two stripes cross, every other thread shows each of them, so six dyes give fifteen tones. Light "
        "enough for a hammock.",
        mood="sage", seed=3, tags=("check", "wool"),
    ),
    Item(
        "throw", "Basket", "basket", ("Linen", "Terracotta"),
        "Broad bands pass over and under each other, or seem to.\n"
        "It is a double cloth: two layers that change places, warm like two blankets and thin like one and a half. "
        "The two sides show the colours in reverse.",
        mood="chalk", seed=3, scale=1.1, tags=("woven", "neutral"), low=("Linen",),
    ),
    Item(
        "throw", "Caravan", "kilim", ("Saffron", "Indigo"),
        "Stepped diamonds between zigzag bands, borrowed from saddle bags.\n"
        "Tapestry does not know curves, and that is its charm: every line is a staircase of yarns. The fringe is "
        "the warp itself, knotted by hand.",
        mood="sand", seed=1, tags=("kilim", "woven"), sale=15,
    ),
    Item(
        "throw", "Slow Waves", "swell", ("Sage",),
        "Bands that breathe, in five greens and the colour of the sheep.\n"
        "We wove the first one for a guest room by the sea where the heating is a rumour. "
        "It has been asked for ever since.",
        mood="sage", seed=2, scale=1.2, tags=("stripes", "calm"), sold_out=("*",),
    ),
)  # fmt: skip

RUGS = (
    Item(
        "rug", "Anadol", "kilim", ("Terracotta", "Night"),
        "A flat-weave in the slit technique: where two colours meet there is a gap you can put a fingernail in.\n"
        "Diamonds, a zigzag border, a row of hooks against the evil eye. The underside is the same as the top, so"
        " it lasts twice as long.",
        mood="sand", scale=1.1, tags=("kilim", "wool", "bestseller"),
    ),
    Item(
        "rug", "Courtyard", "khatam", ("Indigo", "Olive"),
        "The tiled floor of a courtyard, in wool.\n"
        "Stars and crosses at the size of a hand; lying on it with a book is like lying in Granada without the "
        "tourists. Woven in one piece up to two metres.",
        mood="mist", scale=1.2, tags=("moorish", "stars"),
    ),
    Item(
        "rug", "Cabin Quilt", "quilt", ("Charcoal", "Oxblood"),
        "A quilt for the floor, drawn from triangles and mirrored to a medallion.\n"
        "The dark colours sit outside and the pale ones in the middle, so a table in the centre does not hide much. "
        "Woven at four knots to the centimetre, flat enough for a door to pass.",
        mood="chalk", seed=6, tags=("geometric", "patchwork"),
    ),
    Item(
        "rug", "Petal Floor", "petals", ("Sage",),
        "Roman bathhouse, Kyoto kimono, your hallway.\n"
        "The petals are slightly raised, two millimetres, which is enough to feel with bare feet. Undyed wool for"
        " the ground, madder for the small diamonds.",
        mood="sage", scale=1.1, tags=("circles", "calm"), sale=20, low=("200 × 300 cm",),
    ),
    Item(
        "rug", "Rainbow Road", "arches", ("Coral", "Mint"),
        "Arches in brick order, in colours that a child would choose and an adult can live with.\n"
        "Made for playrooms: flat enough for wooden trains, heavy enough to stay where it is. "
        "Juice comes out with cold water if you are quick.",
        mood="clay", seed=3, tags=("retro", "colourful", "children"),
    ),
    Item(
        "rug", "Meeting Point", "ikat", ("Umber",),
        "Lozenges that face each other across a dark ground.\n"
        "The yarn is dyed in the skein, so the edges shift from pick to pick and no two rugs agree. Ours is woven"
        " dense, at 2.4 kilograms a square metre.",
        mood="sand", scale=1.2, tags=("ikat", "wool"), sold_out=("140 × 200 cm",),
    ),
)  # fmt: skip

ITEMS = (*CUSHIONS, *THROWS, *RUGS)
