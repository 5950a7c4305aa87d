"""A pack's files written otherwise, saying the same."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from ynpolicy.documents import Mapping, Node, Scalar, Sequence, read_file


def plain(node: Node) -> Any:
    """A node as data in which every value is quoted."""
    match node:
        case Scalar():
            return None if node.is_null else node.text
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(items):
            return {key.text: plain(value) for key, value in items}


def laid_out_otherwise(pack: Path, folder: Path) -> Path:
    """A copy of a pack with its norms turned round, in quotes, on one line each, and in files of other names."""
    shutil.copytree(pack, folder, ignore=shutil.ignore_patterns("cases"))
    for file in (folder / "norms").glob("*.yaml"):
        norms = plain(read_file(file))
        lines = ["# written otherwise", ""]
        for norm in reversed(norms):
            turned = dict(reversed(norm.items()))
            for key in ("applies", "must", "must_not"):
                if isinstance(turned.get(key), list):
                    turned[key] = turned[key][::-1]
            lines += ["- " + json.dumps(turned, ensure_ascii=False), "   # a comment", ""]
        (file.parent / f"x{file.name}").write_text("\n".join(lines), encoding="utf-8")
        file.unlink()
    head = (folder / "pack.yaml").read_text(encoding="utf-8")
    topics = [file.stem for file in sorted((folder / "norms").glob("*.yaml"), reverse=True)]
    lines = re.sub(r"^topics:.*?(?=^\S|\Z)", "", head, flags=re.MULTILINE | re.DOTALL)
    (folder / "pack.yaml").write_text(f"{lines}topics: {json.dumps(topics)}\n", encoding="utf-8")
    (folder / "proof.yaml").unlink()
    return folder
