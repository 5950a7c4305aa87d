"""The library's version; receipts and the cache name it."""

from __future__ import annotations

from typing import Final

__version__: Final = "0.1.0"
