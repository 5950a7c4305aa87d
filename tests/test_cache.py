"""The cache: an entry counts only for what it was made from, and nothing that happens to it is an error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ynpolicy import cache
from ynpolicy.loader import load_pack

RIVER = Path(__file__).parent / "data" / "packs" / "river"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache"
    monkeypatch.setenv("YNPOLICY_CACHE", str(path))
    return path


def test_a_pack_from_the_cache_is_the_pack_from_the_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second load reads no YAML and gives an equal pack, places included."""
    first = load_pack(RIVER)
    assert [path.suffix for path in home.iterdir()] == [".pickle"]
    monkeypatch.setattr("ynpolicy.loader.read_file", None)
    second = load_pack(RIVER)
    assert second == first
    assert second.norms == first.norms
    assert second.norms["river.ban"].place == first.norms["river.ban"].place
    assert second.facts == first.facts


def test_a_changed_file_is_read_anew(home: Path, tmp_path: Path) -> None:
    """A pack whose words changed is never taken from the cache."""
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    before = load_pack(folder)
    norms = folder / "norms" / "river.yaml"
    norms.write_text(norms.read_text(encoding="utf-8").replace("zh: 已开工", "zh: 已动工"), encoding="utf-8")
    after = load_pack(folder)
    assert (
        after.norms["river.ban"].exemptions[0].title.zh == "已动工" != before.norms["river.ban"].exemptions[0].title.zh
    )
    assert len(list(home.iterdir())) == 1


def test_a_broken_entry_is_no_entry(home: Path) -> None:
    """Cut, foreign or empty entries are passed over."""
    pack = load_pack(RIVER)
    (entry,) = home.iterdir()
    for content in (b"", b"not a pickle", entry.read_bytes()[:-40]):
        entry.write_bytes(content)
        assert load_pack(RIVER) == pack


def test_what_others_could_have_written_is_not_read(home: Path) -> None:
    """A folder that others may write to is not used at all: unpickling runs what is in it."""
    cache.store("entry", ("key",), "value")
    assert cache.recall("entry", ("key",)) == "value"
    home.chmod(0o777)
    assert cache.recall("entry", ("key",)) is None
    home.chmod(0o700)
    (home / "entry.pickle").chmod(0o666)
    assert cache.recall("entry", ("key",)) is None


def test_the_cache_can_be_off_or_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a cache everything works and nothing is written."""
    monkeypatch.setenv("YNPOLICY_CACHE", "off")
    assert cache.folder() is None
    monkeypatch.setenv("YNPOLICY_CACHE", str(tmp_path / "file" / "cache"))
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert cache.folder() is None
    cache.store("entry", ("key",), "value")
    assert load_pack(RIVER).id == "river"
