"""The colourways of the shop. Each has a ground, an ink for the finest lines, and four colours, the strongest first."""

from dataclasses import dataclass

from shop.backoffice.demo.artwork.colour import Colour, luminance, parse


@dataclass(frozen=True)
class Palette:
    name: str
    ground: Colour
    ink: Colour
    colours: tuple[Colour, ...]

    def __getitem__(self, index: int) -> Colour:
        return self.colours[index % len(self.colours)]

    @property
    def is_dark(self) -> bool:
        return luminance(self.ground) < 0.45


def _palette(name: str, codes: str) -> Palette:
    ground, ink, *colours = (parse(code) for code in codes.split())
    return Palette(name, ground, ink, tuple(colours))


PALETTES = {
    palette.name: palette
    for palette in (
        _palette("Fjord", "F0ECE3 1F3347 2F5D73 D6A05F 86A9AE C9D4CF"),
        _palette("Terracotta", "F4EADD 5A2A1F B5533A DFA16D 7C8A6B DCC6A6"),
        _palette("Olive", "F2EEE0 2E3524 66703F C96F4A A9AE7C DDBD7F"),
        _palette("Saffron", "F7F0E0 3A2E28 DC9A2B BF5B2B 7A9791 EBD7AE"),
        _palette("Indigo", "F3F0E9 1B2A52 2E4B86 E0B184 7C97BF C7D1DF"),
        _palette("Sage", "EFF0E7 2C4038 587867 CF8A5E A5B9A1 E2D6BB"),
        _palette("Clay", "F6ECE5 4B2B33 C07A6B 8A585D E4B8A1 A9A88B"),
        _palette("Night", "1F2B3A F0E6D2 D9A75B B95D45 4E7A83 8FA6A3"),
        _palette("Charcoal", "F2EFE9 2A2A2C 333335 CFA168 7A766F BFB8AB"),
        _palette("Delft", "F7F6F1 1F3F7A 2B57A0 6F93C7 B4C7E1 DCE5EF"),
        _palette("Azulejo", "F6F2E5 1D4660 1F6B8A DFAE49 6FB0B5 C95B3C"),
        _palette("Pine", "25382F EFE7D3 8FA876 D7B46A 4F6D57 C27B55"),
        _palette("Plum", "F4EDE7 3E2440 75456B D2A04C B98AA0 E2C7B8"),
        _palette("Linen", "F4EFE6 63564A A8947B CDBCA4 87765F E4DACA"),
        _palette("Coral", "F8F0E7 23424A DD765B 3D7A80 F0B28E 9CC5BE"),
        _palette("Oxblood", "F3E8DC 3B1518 7E2A2C C98F4E B5695A D9B79B"),
        _palette("Mint", "F1F3EC 27433F 4F938A E8B66B 9BCABD D5E3D5"),
        _palette("Umber", "33261F EEDFC8 C4814B E0B77C 7A5138 A89A82"),
    )
}
