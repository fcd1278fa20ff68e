"""What the theme's templates read of its settings: asked for once, not on each page as the theme does."""

from functools import cache
from typing import Any

from unfold.dataclasses import Favicon
from unfold.settings import get_config
from unfold.utils import convert_color

READ = (
    "SITE_TITLE", "SITE_HEADER", "SITE_SUBHEADER", "SITE_SYMBOL", "SITE_URL", "SHOW_HISTORY", "SHOW_VIEW_ON_SITE",
    "BORDER_RADIUS",
)  # fmt: skip


@cache  # per-pod: settings
def look() -> dict[str, Any]:
    """Return the variables of a page that depend on nothing but the settings. Texts are translated when shown."""
    config = get_config()
    return {
        **{name.lower(): config[name] for name in READ},
        "form_classes": config["FORMS"]["classes"],
        "colors": {name: _shades(shades) for name, shades in config["COLORS"].items()},
        "styles": [address(None) for address in config["STYLES"]],
        "site_favicons": [Favicon(**icon | {"href": icon["href"](None)}) for icon in config["SITE_FAVICONS"]],
        "sidebar_show_search": config["SIDEBAR"]["show_search"],
        "sidebar_command_search": config["SIDEBAR"]["command_search"],
    }


def _shades(shades: dict[str, str]) -> dict[str, str]:
    return {shade: convert_color(value) for shade, value in shades.items()}
