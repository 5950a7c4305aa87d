"""The library's version; receipts and the cache name it."""

from __future__ import annotations

__version__ = "0.1.0"
