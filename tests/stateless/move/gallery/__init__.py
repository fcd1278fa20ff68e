"""A site with pictures, as small as the move of files needs."""
