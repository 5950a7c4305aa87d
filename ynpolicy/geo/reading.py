"""Layers that a user supplies, read with what is known of them."""

from ynpolicy.geo.reading_boundaries import read_boundaries
from ynpolicy.geo.reading_rivers import read_rivers

__all__ = ["read_boundaries", "read_rivers"]
