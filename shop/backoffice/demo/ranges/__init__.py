"""The collection, by room."""

from shop.backoffice.demo.item import Item
from shop.backoffice.demo.ranges import kitchen, paper, textiles, walls, wearing

ITEMS: tuple[Item, ...] = (*walls.ITEMS, *textiles.ITEMS, *kitchen.ITEMS, *paper.ITEMS, *wearing.ITEMS)
