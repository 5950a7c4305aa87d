"""Bundles: what they hold, that their bytes follow from it, and that nothing in them changes unnoticed."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import openpyxl
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import ynpolicy
from tests import small_pack
from tests.filled_form import COLUMN, DAY, row_of
from tests.pack_files import lawful, write_pack
from tests.ran import Ran
from ynpolicy.archive import digest, is_plain, pack_up, unpack
from ynpolicy.bundles import Judged, make_bundle
from ynpolicy.bundles_read import read_bundle
from ynpolicy.cases import CaseFile
from ynpolicy.errors import InputError
from ynpolicy.ir import Case, Pack
from ynpolicy.judge import Judge
from ynpolicy.loader import read_pack
from ynpolicy.replays import replay
from ynpolicy.tables import write_form
from ynpolicy.testing import as_yaml
from ynpolicy.testing.strategies import packs_with_case

RIVER: Final = Path(__file__).parent / "data" / "packs" / "river"
SMELTER: Final = {"所在镇": "上镇", "建设内容": "冶炼", "已开工": "否", "距岸线距离": 300, "取水量": 1}


def case_file(folder: Path, name: str = "case.json", **facts: object) -> Path:
    path = folder / name
    data = {"case": name, "level": "project", "as_of": "2022-05-01", "facts": SMELTER | facts}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


@cache
def river_bundle() -> bytes:
    """A bundle of one case under the sample pack."""
    data = {"case": "冶炼厂", "level": "project", "as_of": "2022-05-01", "facts": SMELTER}
    file = CaseFile("case.json", json.dumps(data, ensure_ascii=False).encode())
    return make_bundle([Judged(file, Judge(read_pack(RIVER)).check_each(file))], "river.zip")


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def problem_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        replay(path)
    return str(caught.value)


# ---------------------------------------------------------------- what it holds


@given(packs_with_case)
def test_a_bundle_judged_again_gives_what_was_recorded(drawn: tuple[Pack, Case]) -> None:
    """For any pack and case, judging the bundle again gives every verdict in it to the word."""
    pack, case = lawful(drawn[0]), drawn[1]
    with TemporaryDirectory() as name:
        folder = Path(name) / "drawn"
        write_pack(pack, folder)
        judge = Judge(read_pack(folder))
        file = CaseFile("某案件.yaml", as_yaml(pack, [case]).encode())
        verdicts = judge.check_each(file)
        assert {norm.id for norm in judge.pack.norms.values()} == set(pack.norms)
        path = Path(name) / "bundle.zip"
        path.write_bytes(make_bundle([Judged(file, verdicts)], "bundle.zip"))
        shutil.rmtree(folder)
        found = replay(path)
    assert found.same
    assert [(case.before, case.after) for case in found.cases] == [(verdicts[0].decision.value,) * 2]


def test_a_bundle_holds_case_reading_verdict_and_pack(tmp_path: Path) -> None:
    """The case stands in it byte for byte, the rules as the pack's own files, and each file has its digest."""
    source, out = case_file(tmp_path), tmp_path / "out.zip"
    assert Ran("check", source, "--pack", RIVER, "--bundle", out).status == 1
    inside = names(out)
    assert inside == sorted(inside)
    with zipfile.ZipFile(out) as opened:
        assert opened.read("cases/1/as-written.json") == source.read_bytes()
        for path in sorted((RIVER / "norms").glob("*.yaml")):
            assert opened.read(f"pack/river/norms/{path.name}") == path.read_bytes()
        manifest = json.loads(opened.read("bundle.json"))
        (verdict,) = json.loads(opened.read("cases/1/verdicts.json"))
        (normalised,) = json.loads(opened.read("cases/1/normalised.json"))
        assert manifest["files"] == {name: digest(opened.read(name)) for name in inside if name != "bundle.json"}
    assert (verdict["decision"], verdict["receipt"]["pack_digest"]) == ("refused", manifest["pack"]["digest"])
    assert normalised["facts"]["site.bank_distance"] == {"value": "300", "unit": "m", "state": "known", "derived": ""}
    assert normalised["facts"]["site.district"]["derived"] == "site.town"
    assert not any("cases/" in name for name in inside if name.startswith("pack/"))


def test_the_same_verdicts_give_the_same_bytes() -> None:
    """Neither the order of files on a disk nor the time of packing is in a bundle."""
    file = CaseFile("case.json", unpack(river_bundle(), "x")["cases/1/as-written.json"])
    verdicts = Judge(read_pack(RIVER)).check_each(file)
    one, two = (make_bundle([Judged(file, verdicts)], "a.zip") for _ in range(2))
    assert one == two
    files = {"b": b"2", "a": b"1"}
    assert pack_up(files, "x") == pack_up(dict(reversed(files.items())), "x")
    assert unpack(pack_up(files, "x"), "x") == files


# ---------------------------------------------------------------- whatever the case came in


def test_an_excel_form_is_kept_and_judged_again(tmp_path: Path) -> None:
    """The workbook stands in the bundle as it was, and is read again from there."""
    form, out = tmp_path / "表.xlsx", tmp_path / "out.zip"
    write_form(read_pack(RIVER), "project", form)
    workbook = openpyxl.load_workbook(form)
    sheet = workbook["案件"]
    for name, value in {"as_of": DAY, "site.town": "上镇", "project.works": "冶炼", "site.bank_distance": 400}.items():
        sheet.cell(row_of(sheet, name), COLUMN["value"]).value = value
    workbook.save(form)
    assert Ran("check", form, "--pack", RIVER, "--bundle", out).status == 3
    with zipfile.ZipFile(out) as opened:
        assert opened.read("cases/1/as-written.xlsx") == form.read_bytes()
    form.unlink()
    ran = Ran("replay", out)
    assert (ran.status, ran.says("重判结果与记录一致：资料不足，无法判定")) == (0, True)


def test_several_files_a_dossier_standard_input_and_a_date_are_kept(tmp_path: Path) -> None:
    """Every case is judged again on the date that the command gave, from whatever it was read."""
    dossier = tmp_path / "案卷.yaml"
    members = [{"case": "甲", "level": "project", "facts": SMELTER}, {"level": "project", "facts": SMELTER}]
    dossier.write_text(json.dumps({"dossier": "案卷", "cases": members}, ensure_ascii=False), encoding="utf-8")
    plain, out = case_file(tmp_path, 距岸线距离=700), tmp_path / "out.zip"
    words = ("check", dossier, "-", plain, "--pack", RIVER, "--as-of", "2023-05-01", "--bundle", out)
    assert Ran(*words, stdin=plain.read_text(encoding="utf-8")).status == 1
    found = replay(out)
    assert found.same
    assert [(case.title, case.as_of, case.before) for case in found.cases] == [
        ("甲", "2023-05-01", "refused"),
        ("案卷", "2023-05-01", "refused"),
        ("case.json", "2023-05-01", "refused"),
        ("case.json", "2023-05-01", "refused"),
    ]
    assert [case.file for case in found.cases] == [str(dossier), str(dossier), "<stdin>", str(plain)]


def test_a_file_without_a_title_is_called_by_its_name_again(tmp_path: Path) -> None:
    """The title that a case takes from its file is part of its digest, so the bundle keeps the file's name."""
    path, out = tmp_path / "某冶炼厂.json", tmp_path / "out.zip"
    path.write_text(json.dumps({"level": "project", "as_of": "2022-05-01", "facts": SMELTER}), encoding="utf-8")
    assert Ran("check", path, "--pack", RIVER, "--bundle", out).status == 1
    (case,) = replay(out).cases
    assert (case.title, case.same) == ("某冶炼厂", True)


def test_own_tables_and_readings_are_kept(tmp_path: Path) -> None:
    """Tables laid over the pack's, and another option of a reading, count again."""
    tables, out = tmp_path / "own", tmp_path / "out.zip"
    tables.mkdir()
    (tables / "quotas.csv").write_text("town,quota\nupper,0.5\n", encoding="utf-8")
    path = case_file(tmp_path, 距岸线距离=9000)
    assert Ran("check", path, "--pack", RIVER, "--tables", tables, "--bundle", out).status == 3
    shutil.rmtree(tables)
    bundle = read_bundle(out)
    assert bundle.tables == {"quotas.csv": b"town,quota\nupper,0.5\n"}
    (case,) = replay(out).cases
    assert (case.before, case.after, case.same) == ("referred", "referred", True)
    lanping = tmp_path / "lanping.yaml"
    facts = {"建设性质": "新建", "所在县（市、区）": "兰坪县"}
    lanping.write_text(
        json.dumps({"case": "甲", "level": "project", "as_of": "2022-05-01", "facts": facts}), encoding="utf-8"
    )
    assert Ran("check", lanping, "--reading", "lanping-ratio=equal", "--bundle", out).status == 3
    assert read_bundle(out).readings == {"lanping-ratio": "equal"}
    assert replay(out).same


def test_wrong_input_writes_no_bundle(tmp_path: Path) -> None:
    """A bundle holds all cases of the command or is not written; the verdicts that there are, are still printed."""
    wrong, out = tmp_path / "wrong.yaml", tmp_path / "out.zip"
    wrong.write_text("level: project\nas_of: 2022-05-01\nfacts: {距岸线距里: 5}\n", encoding="utf-8")
    ran = Ran("check", wrong, case_file(tmp_path), "--pack", RIVER, "--bundle", out)
    assert (ran.status, out.exists(), ran.says("不符合规划要求")) == (2, False, True)


def test_a_pack_that_changed_since_it_was_read_is_not_packed(tmp_path: Path) -> None:
    """What stands in a bundle is what judged; a pack without files cannot be kept at all."""
    folder = tmp_path / "river"
    shutil.copytree(RIVER, folder)
    file = CaseFile("case.json", case_file(tmp_path).read_bytes())
    judged = [Judged(file, Judge(read_pack(folder)).check_each(file))]
    norms = folder / "norms" / "water.yaml"
    norms.write_text(norms.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="the files of the pack `river` have changed since they were read"):
        make_bundle(judged, "x.zip")
    in_memory = Judge(small_pack.PACK).check_each({"level": "project", "as_of": "2022-05-01"})
    with pytest.raises(InputError, match="the pack `small` was not loaded from files"):
        make_bundle([Judged(file, tuple(evolve(v, pack=evolve(v.pack, digest="")) for v in in_memory))], "x.zip")
    with pytest.raises(InputError, match="the verdicts are of several packs"):
        make_bundle([*judged, Judged(file, in_memory)], "x.zip")
    with pytest.raises(InputError, match="there is no verdict to put into a bundle"):
        make_bundle([], "x.zip")


def test_python_keeps_and_replays(tmp_path: Path) -> None:
    """Paths and plain data are judged and kept with one call, whole or not at all, and replayed with another."""
    judge, out = ynpolicy.load(RIVER), tmp_path / "out.zip"
    data = {
        "case": "数据",
        "level": "project",
        "as_of": date(2022, 5, 1),
        "facts": SMELTER | {"距岸线距离": Decimal("0.5"), "取水量": 1.5},
    }
    verdicts = ynpolicy.bundle(judge, [case_file(tmp_path, 距岸线距离=900), data], out)
    assert [verdict.decision.value for verdict in verdicts] == ["in_order", "refused"]
    found = ynpolicy.replay(str(out))
    assert (found.same, [case.after for case in found.cases]) == (True, ["in_order", "refused"])
    assert ynpolicy.bundle(judge, data, tmp_path / "one.zip", as_of=date(2023, 1, 1))[0].case.as_of.year == 2023
    assert ynpolicy.replay(tmp_path / "one.zip").same
    with pytest.raises(InputError) as caught:
        ynpolicy.bundle(judge, [{"level": "project"}, {**data, "facts": {"何物": 1}}], tmp_path / "none.zip")
    assert [problem.message for problem in caught.value.problems] == [
        "the case has no as-of date",
        "unknown fact `何物`",
    ]
    assert not (tmp_path / "none.zip").exists()


# ---------------------------------------------------------------- nothing changes unnoticed


@given(st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    """Whichever byte of a bundle is another one, in a file, a name, a time or the seal itself, it is refused."""
    whole = river_bundle()
    at = data.draw(st.one_of(st.integers(0, len(whole) - 1), st.integers(len(whole) - 4000, len(whole) - 1)))
    other = bytearray(whole)
    other[at] ^= data.draw(st.integers(1, 255))
    refuses(bytes(other))


@given(st.data())
def test_a_bundle_cut_short_or_grown_is_noticed(data: st.DataObject) -> None:
    """No part of a bundle is taken for the whole, nor a bundle with something before or after it."""
    whole = river_bundle()
    refuses(whole[: data.draw(st.integers(0, len(whole) - 1))])
    more = data.draw(st.binary(min_size=1, max_size=40))
    refuses(whole + more)
    refuses(more + whole)


def refuses(data: bytes) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "bundle.zip"
        path.write_bytes(data)
        with pytest.raises(InputError):
            read_bundle(path)


def changed(**files: bytes | None) -> bytes:
    """The sample bundle with other files, sealed anew but with the digests that it had."""
    inside = unpack(river_bundle(), "x")
    for name, data in files.items():
        if data is None:
            del inside[name]
        else:
            inside[name] = data
    return pack_up(inside, "x")


def test_what_does_not_match_is_named(tmp_path: Path) -> None:
    """Each file that was changed, taken out or put in is named, with both digests where there are two."""
    path = tmp_path / "bundle.zip"
    changes: Mapping[str, bytes | None] = {
        "pack/river/norms/water.yaml": b"[]",
        "cases/1/as-written.json": None,
        "pack/river/more.yaml": b"{}",
    }
    path.write_bytes(changed(**changes))
    problem = problem_of(path)
    assert f"{path}!pack/river/norms/water.yaml: the file has the digest {digest(b'[]')}, not the sha256:" in problem
    assert f"{path}!cases/1/as-written.json: this file of the bundle is not in it" in problem
    assert f"{path}!pack/river/more.yaml: this file does not belong to the bundle" in problem
    data = bytearray(river_bundle())
    data[10] ^= 1
    path.write_bytes(bytes(data))
    assert "the bundle does not match its seal" in problem_of(path)
    told = Ran("replay", path)
    assert (told.status, told.out) == (2, "")
    assert "与封印不符" in told.err


def rewritten(edit: str, old: str, new: str) -> bytes:
    """The sample bundle with words of one file changed, and every digest and the seal made right again."""
    inside = unpack(river_bundle(), "x")
    text = inside[edit].decode()
    assert old in text
    return sealed_anew(inside | {edit: text.replace(old, new).encode()})


def sealed_anew(inside: Mapping[str, bytes]) -> bytes:
    """The files of a bundle with every digest and the seal made right."""
    manifest = json.loads(inside["bundle.json"])
    manifest["files"] = {name: digest(inside[name]) for name in manifest["files"]}
    return pack_up({**inside, "bundle.json": json.dumps(manifest).encode()}, "x")


@pytest.mark.parametrize(
    ("edit", "old", "new", "message"),
    [
        ("cases/1/as-written.json", "300", "3000", "on which the verdict was given"),
        ("pack/river/parameters.yaml", "value: 500", "value: 50", "the pack has the digest"),
        ("cases/1/verdicts.json", '"pack_digest": "sha256:', '"pack_digest": "sha256:0', "the verdict was given under"),
        ("cases/1/verdicts.json", "ynpolicy.verdict/1", "ynpolicy.verdict/9", "unknown schema `ynpolicy.verdict/9`"),
        ("cases/1/verdicts.json", '"decision"', '"decided"', "has not the parts of its kind"),
        ("cases/1/normalised.json", "[", "[[", "the file is not JSON"),
    ],
)
def test_a_bundle_put_together_anew_is_found_out(tmp_path: Path, edit: str, old: str, new: str, message: str) -> None:
    """Digests that were made to fit again do not help: case, pack and verdict must fit each other."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(rewritten(edit, old, new))
    assert message in problem_of(path)


def test_a_changed_record_is_told_from_changed_code(tmp_path: Path) -> None:
    """A verdict that does not follow, though code, calendar and Python are the same, was changed in the record."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(rewritten("cases/1/verdicts.json", '"decision": "refused"', '"decision": "in_order"'))
    (case,) = replay(path).cases
    assert (case.before, case.after, case.same, case.causes) == ("in_order", "refused", False, ("record",))
    ran = Ran("replay", path, "--lang", "en")
    assert ran.status == 1
    assert ran.says("judged again: not the same: No inconsistency found → Not in line with the plan")
    assert ran.says("so the record itself was changed")


def parts(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every list that is not empty, and of every value that is neither a mapping nor a list."""
    if not isinstance(data, dict) and data != []:
        yield path
    if isinstance(data, (dict, list)):
        for key, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from parts(item, (*path, key))


def altered(value: object) -> object:
    """Another value; of a list, the list without its last item."""
    match value:
        case list():
            return value[:-1]
        case bool():
            return not value
        case str():
            return f"{value}0"
    return "0"


@given(st.data())
def test_any_changed_word_of_a_verdict_is_noticed(data: st.DataObject) -> None:
    """Whatever is changed or left out in a record, but when and by what it was reached, is found when judging again."""
    inside = unpack(river_bundle(), "x")
    (verdict,) = json.loads(inside["cases/1/verdicts.json"])
    ours = ("judged_at", "library", "engines", "calendar", "python")
    paths = [path for path in parts(verdict) if path[0] != "receipt" or path[1] not in ours]
    path = data.draw(st.sampled_from(paths))
    inner: Any = verdict
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = altered(inner[path[-1]])
    inside["cases/1/verdicts.json"] = json.dumps([verdict]).encode()
    with TemporaryDirectory() as name:
        bundle = Path(name) / "bundle.zip"
        bundle.write_bytes(sealed_anew(inside))
        try:
            (case,) = replay(bundle).cases
        except InputError:
            return
    assert case.causes == ("record",)


# ---------------------------------------------------------------- what is no bundle


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is not a bundle"),
        (b"level: project", "the file is not a bundle"),
        (b"PK\x03\x04 and no more", "the bundle is cut short or damaged"),
        (zipped({"bundle.json": b"0" * 10_000_000}, zipfile.ZIP_DEFLATED), "are compressed or encrypted"),
        (zipped({"../../etc/passwd": b""}), "`../../etc/passwd` is no name for a file in a bundle"),
        (zipped({"/etc/passwd": b""}), "`/etc/passwd` is no name for a file in a bundle"),
        (zipped({"pack/C:x": b""}), "`pack/C:x` is no name for a file in a bundle"),
        (zipped({"pack/a": b"", "pack/A": b""}), "`pack/A` stands twice in the bundle"),
        (zipped({f"pack/{i}": b"" for i in range(5001)}), "the bundle has 5,001 files"),
        (zipped({"a": b""}), "this file of the bundle is not in it"),
        (zipped({"bundle.json": b"[]"}), "the file has not the parts of its kind"),
        (zipped({"bundle.json": b"{"}), "the file is not JSON"),
    ],
    ids=range(12),
)
def test_what_is_no_bundle_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """Other files, archives that unpack to more than they are, names that lead elsewhere: refused with a message."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    assert message in problem_of(path)
    assert Ran("replay", path).status == 2


def test_files_that_claim_to_be_larger_than_the_bundle_are_refused(tmp_path: Path) -> None:
    """Entries that share their bytes, as archives do that unpack without end, are refused before they are read."""
    one = zipped({"bundle.json": b"0" * 1000})
    with zipfile.ZipFile(io.BytesIO(one)) as opened:
        start = opened.start_dir
    directory = one[start:-22]
    end = bytearray(one[-22:])
    end[8:10] = end[10:12] = (2).to_bytes(2, "little")
    end[12:16] = (2 * len(directory)).to_bytes(4, "little")
    path = tmp_path / "bundle.zip"
    path.write_bytes(one[:start] + directory * 2 + bytes(end))
    assert "claim to be larger than the bundle" in problem_of(path)


def test_a_file_that_is_not_there_or_is_a_folder_is_an_error(tmp_path: Path) -> None:
    """The message says so, and other bundles are still judged again."""
    good, out = tmp_path / "good.zip", tmp_path / "report.txt"
    good.write_bytes(river_bundle())
    ran = Ran("replay", tmp_path / "none.zip", tmp_path, good, "--lang", "en", "--out", out)
    assert (ran.status, out.exists()) == (2, False)
    assert "no such file or directory" in ran.err
    assert "this is a folder" in ran.err


@pytest.mark.parametrize(
    "name", ["", "a//b", "a/./b", "a/..", "..", ".", "a\\b", "a:b", "a\nb", "a ", "a/b.", "x" * 300]
)
def test_names_that_lead_elsewhere_are_not_plain(name: str) -> None:
    """A plain name is a relative path that means the same file on every system."""
    assert not is_plain(name)
    assert is_plain("pack/云南/norms/siting.yaml")
    with pytest.raises(InputError):
        pack_up({name: b""}, "x")
