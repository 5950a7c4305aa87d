"""Plain data as the text of a file that `documents` reads."""

from __future__ import annotations

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes no anchors, which the reader refuses."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def to_yaml(data: object) -> str:
    """Dicts, lists, texts, booleans, whole numbers and None as YAML, keys in their order."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
