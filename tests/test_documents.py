"""Files as trees of nodes with places."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ynpolicy import documents
from ynpolicy.documents import Mapping, Scalar, Sequence, canonical, decode, from_object, read_text
from ynpolicy.errors import InputError

_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_every_scalar_keeps_its_text_and_its_place() -> None:
    """A number is kept as it was written, and every node knows line and column."""
    node = read_text("a: 1.20\nb: [x, {c: '007'}]\n", "f")
    assert isinstance(node, Mapping)
    number = node.get("a")
    assert isinstance(number, Scalar)
    assert (number.text, number.plain, str(number.place)) == ("1.20", True, "f:1:4")
    items = node.get("b")
    assert isinstance(items, Sequence)
    inner = items.items[1]
    assert isinstance(inner, Mapping)
    quoted = inner.get("c")
    assert isinstance(quoted, Scalar)
    assert (quoted.text, quoted.plain) == ("007", False)


@given(_plain)
def test_json_text_and_python_data_give_the_same_tree(data: object) -> None:
    """What a system passes in from Python is read as the same data in a JSON file is."""
    text = json.dumps(data, ensure_ascii=True).replace("\x7f", "")
    if "\\ud" in text or "\x7f" in json.dumps(data, ensure_ascii=False):
        return
    assert canonical(read_text(text, "f")) == canonical(from_object(json.loads(text)))


def test_the_order_of_keys_does_not_change_the_canonical_text() -> None:
    """Digests depend on content, not on layout."""
    assert canonical(read_text("a: 1\nb: {c: 2, d: 3}", "f")) == canonical(read_text("b:\n  d: 3\n  c: 2\na: 1\n", "g"))


def test_python_numbers_are_read_exactly() -> None:
    """Floats are read by their shortest decimal text, without an exponent."""
    node = from_object([30000.01, 1e-6, Decimal("0.370"), True, None])
    assert isinstance(node, Sequence)
    texts = [item.text for item in node.items if isinstance(item, Scalar)]
    assert texts == ["30000.01", "0.000001", "0.370", "true", "null"]


def test_objects_that_are_no_data_are_refused() -> None:
    """An object of a class of one's own is an input error that names its type and its path."""
    with pytest.raises(InputError, match=r"case\.a\[0\]: `object` cannot be read"):
        from_object({"a": [object()]})


def test_soft_problems_can_be_collected_and_the_tree_used() -> None:
    """Duplicate keys leave a tree to go on with, so that later problems are reported with them."""
    problems: list[object] = []
    node = read_text("a: 1\na: 2\n", "f", problems)  # type: ignore[arg-type]
    assert isinstance(node, Mapping)
    assert len(problems) == 1


def test_a_byte_order_mark_is_passed_over() -> None:
    """Files saved by Windows editors as UTF-8 with a mark are read; UTF-16 is named."""
    assert decode("\ufeffa: 1".encode(), "f") == "a: 1"
    with pytest.raises(InputError, match="UTF-16"):
        decode("a: 1".encode("utf-16"), "f")


def test_the_packs_read_the_same_without_the_c_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The YAML that comes with the library does not lean on what only libyaml accepts."""
    files = sorted((Path(__file__).parent.parent / "policies").rglob("*.yaml"))
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.name != "clauses.yaml"}
    fast = {path: canonical(read_text(text, "f")) for path, text in texts.items()}
    monkeypatch.setattr(documents, "_LOADER", yaml.SafeLoader)
    assert {path: canonical(read_text(text, "f")) for path, text in texts.items()} == fast
