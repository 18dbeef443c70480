"""A face as preparation leaves it: found, framed, described."""
