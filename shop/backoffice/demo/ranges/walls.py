"""Wall prints, wallpaper and tiles."""

from shop.backoffice.demo.item import Item

PRINTS = (
    Item(
        "print", "Quarter Past", "bauhaus", ("Fjord", "Terracotta"),
        "Every square holds a quarter circle, a half or a whole, and none repeats its neighbour.\n"
        "We drew it on a grid of thirty-six after a week of looking at Dessau staircases. Up close you count shapes; "
        "from the sofa you see a harbour. The large sheet carries a room with white walls on its own.",
        mood="chalk", seed=2, tags=("geometric", "bauhaus", "bestseller"),
    ),
    Item(
        "print", "Long Swell", "swell", ("Azulejo", "Saffron"),
        "Sixteen bands lean into each other and the sheet begins to move.\n"
        "The trick is sixty years old and still works: no band is wavy by itself, only their difference is. "
        "Hang it where you pass rather than where you sit.",
        mood="mist", seed=3, tags=("op art", "stripes"),
    ),
    Item(
        "print", "Summit Lines", "contours", ("Indigo",),
        "Four peaks without a name, drawn the way a survey map draws them.\n"
        "We coloured between the lines, so the heights read like rings of agate. "
        "People who hike find a route within a minute; others see a pond with four stones thrown in.",
        mood="sand", seed=4, tags=("organic", "landscape"),
    ),
    Item(
        "print", "Paper Garden", "papercut", ("Coral", "Night"),
        "Scissors, gouache and a floor covered in leftovers: this one began as a real collage.\n"
        "Suns, seaweeds and pebbles sit on coloured sheets that never line up perfectly, and we left it that way. "
        "It is the most cheerful thing in the print room. Children's rooms take it, and so do dentists.",
        mood="sage", seed=5, tags=("organic", "collage", "colourful"), low=("70 × 100 cm",),
    ),
    Item(
        "print", "Far Dunes", "dunes", ("Terracotta", "Sage"),
        "Ridge behind ridge, from the pale one at the horizon to the red one at your feet.\n"
        "Three hairlines follow each crest like wind on sand. Print it large and it works as a window.",
        mood="sand", seed=6, scale=1.1, tags=("landscape", "calm"), sale=20,
    ),
    Item(
        "print", "Two Ponds", "moire", ("Charcoal",),
        "Two sets of rings, printed in two passes, and between them a third pattern that nobody drew.\n"
        "Step back and it shimmers; step closer and it is only ink. We pull the black first and let it dry for a "
        "day, "
        "because the ochre has to lie on top.",
        mood="chalk", seed=2, tags=("op art", "black and white"),
    ),
    Item(
        "print", "Month of Moons", "moons", ("Night",),
        "Eight phases in a row, and each row starts on another night.\n"
        "The full moons wander diagonally across the sheet; follow one and you end up back where you started. "
        "A quiet print for a bedroom wall.",
        mood="mist", seed=3, tags=("night", "calm", "circles"), sold_out=("Oak frame",),
    ),
    Item(
        "print", "Sixty Facets", "prisms", ("Plum",),
        "Triangles in four inks and eight tints, dealt like cards.\n"
        "There is no order in it, and still everyone sees boxes, kites or a mountain hut. "
        "The palette is autumn fruit: plum, quince, dust.",
        mood="clay", seed=7, tags=("geometric", "triangles"),
    ),
    Item(
        "print", "Orbit Study", "orbits", ("Saffron", "Mint"),
        "Quarter rings that meet, miss and meet again.\n"
        "It borrows its colours from a kitchen of 1971 and its patience from Truchet, the friar who first asked "
        "in how many "
        "ways a tile can be turned. Goes with teak, orange lamps and other things your parents threw away.",
        mood="sand", seed=8, tags=("retro", "circles"), sale=15, low=("50 × 70 cm",),
    ),
    Item(
        "print", "Endless Ribbon", "truchet", ("Pine",),
        "One ribbon, or four, or none that ever ends: we have tried to count and given up.\n"
        "The rule has two tiles and a coin. Sixty-four throws made this sheet, and we kept the very first result.",
        mood="sage", seed=9, scale=1.2, tags=("geometric", "lines"), sold_out=("*",),
    ),
)  # fmt: skip

WALLPAPERS = (
    Item(
        "wallpaper", "Orchard Row", "leaves", ("Olive", "Night", "Clay"),
        "Leaf pairs climb straight stems, half a step apart from stem to stem.\n"
        "The leaves are two-toned along the midrib, so the wall seems to be lit from one side even on a grey day. "
        "Repeat 24 cm, straight match, hardly any waste around windows.",
        mood="sage", tags=("botanical", "bestseller"),
    ),
    Item(
        "wallpaper", "Pressed Fern", "fern", ("Sage", "Linen"),
        "A page from a herbarium, repeated until it becomes a wood.\n"
        "Every second sprig hangs head down, as they do when they dry. The inks are mixed without white, which "
        "keeps the greens deep.",
        mood="chalk", seed=3, tags=("botanical", "calm"),
    ),
    Item(
        "wallpaper", "Parquet", "herringbone", ("Linen", "Oxblood"),
        "A floor for the wall.\n"
        "Planks of four to one in six tones, shuffled so that no stripe forms. It gives narrow halls a direction: "
        "hang it with the points upwards and the ceiling rises.",
        mood="chalk", seed=4, scale=1.25, tags=("geometric", "neutral"),
    ),
    Item(
        "wallpaper", "Drop Curtain", "ogee", ("Saffron", "Plum"),
        "Ogees travelled from Bursa silks to the prints of the sixties, and here they rest.\n"
        "Each drop holds three others and a stem. Bold in a small room, where you never see more than a dozen of "
        "them.",
        mood="sand", scale=1.1, tags=("retro", "ottoman"), sale=25,
    ),
    Item(
        "wallpaper", "Hemp Leaf", "asanoha", ("Coral",),
        "Asanoha, the hemp leaf, was sewn on children's clothes so that they would grow as straight as the plant.\n"
        "We tinted the facets by direction; in raking light the wall looks folded. Repeat 16 cm.",
        mood="clay", tags=("japanese", "geometric"), low=("Roll",),
    ),
    Item(
        "wallpaper", "Poppy Meadow", "meadow", ("Plum", "Mint"),
        "Large flat flowers on thin stems, printed slightly out of register like the cottons we grew up with.\n"
        "Seven flowers make the repeat, and it takes most visitors an evening to find the second one of each. "
        "For a wall that wants no pictures.",
        mood="mist", seed=2, tags=("botanical", "retro", "colourful"), sold_out=("Mint",),
    ),
)  # fmt: skip

TILES = (
    Item(
        "tile", "Albayzín", "khatam", ("Azulejo", "Terracotta"),
        "Stars and crosses, the oldest sentence in the grammar of Granada.\n"
        "Turn any tile and the wall still closes, so a beginner cannot lay it wrong. The glaze pools a little at "
        "the lines, "
        "which is how you know that somebody held the squeegee.",
        mood="chalk", scale=1.5, tags=("moorish", "stars", "bestseller"),
    ),
    Item(
        "tile", "Patio", "encaustic", ("Oxblood", "Pine"),
        "A corner ring on each tile, a full wheel on every four.\n"
        "Modelled on the cement floors of Valencia courtyards, but glazed, so red wine is a matter of seconds. "
        "Matt for floors, gloss for splashbacks.",
        mood="sand", scale=1.0, tags=("mediterranean", "circles"),
    ),
    Item(
        "tile", "Wreath", "lisbon", ("Delft", "Mint"),
        "Four tiles make a wreath, four wreaths leave a cross.\n"
        "Drawn after a stairwell in the Alfama that we climbed for the view and remembered for the wall. "
        "Order ten percent more than you need: some corners want a second try.",
        mood="mist", scale=1.15, tags=("portuguese", "botanical"),
    ),
    Item(
        "tile", "Nine Flowers", "delft", ("Delft",),
        "Small flowers, large silence.\n"
        "The corner flourish turns into a four-leaved ornament wherever tiles meet. Nine different flowers come "
        "mixed in the box, "
        "and no two neighbours need to match.",
        mood="chalk", seed=2, tags=("dutch", "blue and white", "calm"), low=("Gloss",),
    ),
    Item(
        "tile", "Strapwork", "rosette", ("Sage", "Umber"),
        "Follow one strap with your finger: over, under, and out of the picture.\n"
        "The construction is an eight-pointed star drawn so large that it grows into its neighbours. "
        "Dark grout makes it graphic, pale grout makes it lace.",
        mood="sage", scale=1.35, tags=("moorish", "lines"), sale=20,
    ),
    Item(
        "tile", "Six by Six", "hexstars", ("Indigo", "Saffron"),
        "Six-pointed stars and the hexagons they leave over, on a square tile that hides its own edges.\n"
        "A pattern for people who like to look for the repeat. It fills a shower wall without becoming loud.",
        mood="sand", scale=1.4, tags=("stars", "geometric"), sold_out=("Matt",),
    ),
)  # fmt: skip

ITEMS = (*PRINTS, *WALLPAPERS, *TILES)
