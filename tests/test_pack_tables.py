"""Facts about the tables of the Yunnan pack, stated here a second time.

The printed figures of the plan (the percentage table, the annex) stand below as its text has them, so that a slip in
a table cannot hide behind itself.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from ynpolicy.loader import load_pack

PACK: Final = Path(__file__).parent.parent / "policies" / "yunnan-14fyp"
PLACES: Final = [("prefectures", "prefecture"), ("counties", "county"), ("provinces", "province")]
TASKS: Final = [("tasks_prefecture", "prefectures", "prefecture_code"), ("tasks_county", "counties", "county_code")]
TABLES: Final = [
    "key_regions",
    "prefecture_targets",
    "industries",
    "hw_categories",
    "government_levels",
    "tasks_every_prefecture",
    *(name for name, _, _ in TASKS),
    *dict(PLACES),
]

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (PACK / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def written_name(row: Row, column: str) -> str:
    """The name as the plan writes it: the short name, or the full one where the two are equal."""
    return row["short_name"] or row[column]


def prefecture_names() -> dict[str, str]:
    return {row["prefecture_code"]: written_name(row, "prefecture") for row in table("prefectures")}


def county_names() -> dict[str, str]:
    return {row["county_code"]: written_name(row, "county") for row in table("counties")}


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_utf_8_with_unix_lines_and_a_unique_key(name: str) -> None:
    """Every table has LF lines, no stray blanks, full rows, and a first column that is filled and never repeats."""
    data = (PACK / "tables" / f"{name}.csv").read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\n")
    assert not data.endswith(b"\n\n")
    rows = list(csv.reader(data.decode("utf-8").splitlines(), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(cell == cell.strip() for row in rows for cell in row)
    keys = [row[0] for row in rows[1:]]
    assert all(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("name", "column"), PLACES)
def test_a_name_means_one_place(name: str, column: str) -> None:
    """Full and short names together are unique within a table; the short name is blank where it would be the same."""
    names = [cell for row in table(name) for cell in (row[column], row["short_name"]) if cell]
    assert [found for found, times in Counter(names).items() if times > 1] == []


# ---------------------------------------------------------------- places


def test_yunnan_has_129_counties_in_16_prefectures() -> None:
    """The county's code begins with the four digits of its prefecture, and every prefecture has a county."""
    counties = table("counties")
    prefectures = {row["prefecture_code"] for row in table("prefectures")}
    assert len(counties) == 129
    assert len(prefectures) == 16
    assert {row["prefecture_code"] for row in counties} == prefectures
    assert all(row["prefecture_code"] == row["county_code"][:4] + "00" for row in counties)
    assert {row["province_code"] for row in counties} == {"530000"}


def test_the_counties_of_each_prefecture_are_as_many_as_gb_t_2260_lists() -> None:
    """Counts by prefecture, in the order of the codes."""
    counts = Counter(row["prefecture_code"] for row in table("counties"))
    assert [counts[code] for code in sorted(counts)] == [14, 9, 9, 5, 11, 5, 10, 8, 10, 13, 8, 3, 12, 5, 4, 3]


def test_exactly_the_29_autonomous_counties_have_a_short_name() -> None:
    """A reviewer writes 兰坪县; the code table says 兰坪白族普米族自治县."""
    counties = table("counties")
    short = {row["county"]: row["short_name"] for row in counties if row["short_name"]}
    assert set(short) == {row["county"] for row in counties if row["county"].endswith("自治县")}
    assert len(short) == 29
    assert all(full.startswith(name.removesuffix("县")) and name.endswith("县") for full, name in short.items())
    assert short["兰坪白族普米族自治县"] == "兰坪县"
    assert short["屏边苗族自治县"] == "屏边县"


def test_exactly_the_8_autonomous_prefectures_have_a_short_name() -> None:
    """The plan writes 红河州 for 红河哈尼族彝族自治州."""
    prefectures = table("prefectures")
    short = {row["prefecture"]: row["short_name"] for row in prefectures if row["short_name"]}
    assert set(short) == {row["prefecture"] for row in prefectures if row["prefecture"].endswith("自治州")}
    assert " ".join(short.values()) == "楚雄州 红河州 文山州 西双版纳州 大理州 德宏州 怒江州 迪庆州"
    assert short["红河哈尼族彝族自治州"] == "红河州"


BORDER: Final = {
    "怒江州": "泸水市 福贡县 贡山县",
    "保山市": "腾冲市 龙陵县",
    "德宏州": "瑞丽市 芒市 盈江县 陇川县",
    "临沧市": "镇康县 耿马县 沧源县",
    "普洱市": "江城县 孟连县 澜沧县 西盟县",
    "西双版纳州": "景洪市 勐海县 勐腊县",
    "红河州": "金平县 绿春县 河口县",
    "文山州": "麻栗坡县 马关县 富宁县",
}


def test_the_25_border_counties_are_those_on_the_frontier() -> None:
    """三（四）3 and 四（二） speak of 25 border counties without naming them; 梁河县 is not one."""
    counties = table("counties")
    assert {row["border_county"] for row in counties} == {"yes", "no"}
    prefectures = prefecture_names()
    found = {
        (prefectures[row["prefecture_code"]], written_name(row, "county"))
        for row in counties
        if row["border_county"] == "yes"
    }
    assert found == {(prefecture, county) for prefecture, names in BORDER.items() for county in names.split()}
    assert len(found) == 25


KEY_REGIONS: Final = [
    ("红河州", "个旧市"),
    ("红河州", "蒙自市"),
    ("红河州", "建水县"),
    ("文山州", "马关县"),
    ("昆明市", "东川区"),
    ("曲靖市", "会泽县"),
    ("怒江州", "兰坪县"),
    ("昭通市", "鲁甸县"),
]


def test_the_key_regions_are_the_eight_counties_of_the_annex_in_its_order() -> None:
    """Annex （二） lists eight counties; the table has them under the annex's own numbers."""
    rows = table("key_regions")
    prefectures, counties = prefecture_names(), county_names()
    assert [(prefectures[row["prefecture_code"]], counties[row["county_code"]]) for row in rows] == KEY_REGIONS
    assert [row["no"] for row in rows] == [str(no) for no in range(1, 9)]


def test_the_key_region_flag_and_the_key_region_table_agree() -> None:
    """A county is flagged if and only if it stands in the table, with the same prefecture."""
    counties = table("counties")
    assert {row["key_region"] for row in counties} == {"yes", "no"}
    flagged = {(row["county_code"], row["prefecture_code"]) for row in counties if row["key_region"] == "yes"}
    assert flagged == {(row["county_code"], row["prefecture_code"]) for row in table("key_regions")}


def test_a_key_region_names_its_county_and_its_own_row_of_the_annex() -> None:
    """Number, prefecture and county of the row are the words of the clause; 红河州 is one cell over rows 1 to 3."""
    said = quotes()
    prefectures, counties = prefecture_names(), county_names()
    printed = ""
    for row in table("key_regions"):
        prefecture = prefectures[row["prefecture_code"]]
        assert row["county"] == counties[row["county_code"]]
        assert said[row["clause"]] == row["no"] + (prefecture if row["no"] not in ("2", "3") else "") + row["county"]
        printed += said[row["clause"]]
    assert said["annex.key-region-table"].endswith(printed)


@pytest.mark.parametrize(("name", "places", "code"), TASKS)
def test_a_task_is_given_to_the_places_that_its_clause_names(name: str, places: str, code: str) -> None:
    """By its name, with or without 市, 县 or 州, in the quote of its clause; a box has its name in the section."""
    said = load_pack(PACK).clauses
    written = {
        row[code]: written_name(row, "prefecture" if code == "prefecture_code" else "county") for row in table(places)
    }
    for row in table(name):
        clause = said[row["clauses"]]
        codes = row[places].split("|")
        assert len(set(codes)) == len(codes)
        assert row["named"] == "|".join(written[place] for place in codes)
        for place in codes:
            assert written[place][:-1] in clause.section + clause.quote, (row, place)


def test_there_are_34_units_at_the_level_of_a_province() -> None:
    """23 provinces, 5 autonomous regions, 4 municipalities and 2 special administrative regions."""
    rows = table("provinces")
    assert len(rows) == 34
    assert all(len(row["province_code"]) == 6 and row["province_code"].endswith("0000") for row in rows)
    endings = Counter(
        next(end for end in ("特别行政区", "自治区", "省", "市") if row["province"].endswith(end)) for row in rows
    )
    assert endings == {"省": 23, "自治区": 5, "市": 4, "特别行政区": 2}
    assert {row["province_code"]: row["province"] for row in rows}["530000"] == "云南省"


# ---------------------------------------------------------------- targets

SHORT_TABLE: Final = """
红河州 10.00 文山州 10.00 昆明市 10.00 大理州 10.00 曲靖市 6.00 怒江州 8.00 昭通市 8.00 保山市 6.00
临沧市 6.00 迪庆州 6.00 楚雄州 4.00 普洱市 6.00 德宏州 4.00 玉溪市 4.00 西双版纳州 不新增 丽江市 不新增
"""
"""The percentage table of 二（三）, row by row as printed, without its last row, the province's 7 %."""

ANNEX_ROWS: Final = """\
红河州112763.0110.0011276.30101486.71
文山州30698.6110.003069.8627628.75
昆明市19539.6810.001953.9717585.72
大理州19400.3110.001940.0317460.28
曲靖市15378.536.00922.7114455.82
怒江州14417.108.001153.3713263.73
昭通市12857.808.001028.6211829.17
保山市9492.666.00569.568923.10
临沧市8736.206.00524.178212.03
迪庆州6680.186.00400.816279.37
楚雄州5983.454.00239.345744.11
普洱市5903.406.00354.205549.19
德宏州4220.264.00168.814051.45
玉溪市3197.434.00127.903069.53
西双版纳州503.64不新增不新增503.64
丽江市33.08不新增不新增33.08
""".splitlines()
"""The rows of annex （一）, each as the stripped text has it."""


def targets() -> list[Row]:
    return table("prefecture_targets")


def cents(amount: Fraction) -> Fraction:
    """An amount in kg rounded to two decimals, as the plan prints it."""
    return Fraction(round(amount * 100), 100)


def test_the_targets_are_the_rows_of_the_annex_digit_for_digit() -> None:
    """Names, order and every printed digit, trailing zeros included."""
    names = prefecture_names()
    printed = [
        "".join(
            [
                names[row["prefecture_code"]],
                row["base_2020_kg"],
                row["reduction_pct"] or "不新增",
                row["net_reduction_kg"] or "不新增",
                row["emission_2025_kg"],
            ]
        )
        for row in targets()
    ]
    assert printed == ANNEX_ROWS


def test_the_targets_carry_the_percentages_of_section_two() -> None:
    """The percentage table of 二（三） and annex （一） agree in all 16 rows and in their order."""
    names = prefecture_names()
    annex = [cell for row in targets() for cell in (names[row["prefecture_code"]], row["reduction_pct"] or "不新增")]
    assert annex == SHORT_TABLE.split()


def quotes() -> dict[str, str]:
    """The words that the pack's ledger quotes, by clause: the plan's text as far as the pack carries it."""
    return {clause.id: clause.quote for clause in load_pack(PACK).clauses.values()}


def test_both_printed_tables_and_the_six_boxes_state_the_same_percentages() -> None:
    """Read from the quotes of the ledger: the table of 二（三）, the annex, the boxes, and base times them."""
    said = quotes()
    names = prefecture_names()
    short = dict(
        re.findall(r"([\u4e00-\u9fff]{2,4}[州市])(\d+\.\d\d|不新增)", said["target.table.short"].split("（%）")[1])
    )
    assert short == {names[row["prefecture_code"]]: row["reduction_pct"] or "不新增" for row in targets()}
    boxes = {}
    for row in targets():
        annex, *box = row["clauses"].split("|")
        base, pct, net, emission = (
            row[c] for c in ("base_2020_kg", "reduction_pct", "net_reduction_kg", "emission_2025_kg")
        )
        assert said[annex] == f"{names[row['prefecture_code']]}{base}{pct or '不新增'}{net or '不新增'}{emission}"
        for clause in box:
            found = re.search(r"比2020年下降(\d+)%$", said[clause])
            assert found is not None
            boxes[names[row["prefecture_code"]]] = found[1]
            assert Fraction(found[1]) == Fraction(short[names[row["prefecture_code"]]])
            assert cents(Fraction(base) * Fraction(found[1]) / 100) == Fraction(net)
    assert boxes == {"红河州": "10", "文山州": "10", "昆明市": "10", "大理州": "10", "怒江州": "8", "昭通市": "8"}
    assert {clause for row in targets() for clause in row["clauses"].split("|")} == {
        clause for clause in said if re.fullmatch(r"target\.prefecture\.\w+|box\.\w+\.target-\d+pct", clause)
    }


def test_the_cap_is_the_larger_of_the_printed_and_the_computed_figure() -> None:
    """And the smaller one stands beside it only where the two differ."""
    for row in targets():
        printed = Fraction(row["emission_2025_kg"])
        computed = Fraction(row["base_2020_kg"]) - Fraction(row["net_reduction_kg"] or 0)
        assert Fraction(row["cap_kg"]) == max(printed, computed)
        assert row["lower_kg"] == "" if printed == computed else Fraction(row["lower_kg"]) == min(printed, computed)


def test_a_target_bears_its_prefecture_s_name() -> None:
    """The names beside the figures are those of the table of prefectures, as the plan writes them."""
    written = {
        row["prefecture_code"]: (written_name(row, "prefecture"), row["prefecture_en"]) for row in table("prefectures")
    }
    assert {row["prefecture_code"]: (row["prefecture"], row["prefecture_en"]) for row in targets()} == written


def test_two_prefectures_may_not_add_and_fourteen_must_reduce() -> None:
    """The mode is no_increase exactly where no percentage is printed; there the target is the base."""
    rows = targets()
    assert Counter(row["mode"] for row in rows) == {"reduce": 14, "no_increase": 2}
    for row in rows:
        held = row["mode"] == "no_increase"
        assert held == (row["reduction_pct"] == "") == (row["net_reduction_kg"] == "")
        assert held == (Fraction(row["base_2020_kg"]) == Fraction(row["emission_2025_kg"]))


def test_the_annex_is_sorted_by_the_emission_of_2020() -> None:
    """The largest base stands first, whatever the percentage."""
    bases = [Fraction(row["base_2020_kg"]) for row in targets()]
    assert bases == sorted(bases, reverse=True)


def test_the_printed_reduction_is_base_times_percentage_in_every_row() -> None:
    """Rounded to two decimals, all 14 reductions follow from base and percentage."""
    for row in targets():
        if row["mode"] == "reduce":
            exact = Fraction(row["base_2020_kg"]) * Fraction(row["reduction_pct"]) / 100
            assert cents(exact) == Fraction(row["net_reduction_kg"])


def test_three_printed_targets_are_a_hundredth_of_a_kilogram_off() -> None:
    """Base less reduction is the printed 2025 figure but for 昆明 (+0.01), 昭通 and 普洱 (-0.01)."""
    names = prefecture_names()
    off = {}
    for row in targets():
        computed = Fraction(row["base_2020_kg"]) - Fraction(row["net_reduction_kg"] or 0)
        if computed != Fraction(row["emission_2025_kg"]):
            off[names[row["prefecture_code"]]] = Fraction(row["emission_2025_kg"]) - computed
    assert off == {"昆明市": Fraction("0.01"), "昭通市": Fraction("-0.01"), "普洱市": Fraction("-0.01")}


def test_the_sums_of_the_annex() -> None:
    """The 16 rows reduce 269,805.34 kg by 23,729.65 kg, or 8.7951 %: more than the province's 7 %."""
    rows = targets()
    base = sum(Fraction(row["base_2020_kg"]) for row in rows)
    net = sum(Fraction(row["net_reduction_kg"] or 0) for row in rows)
    emission = sum(Fraction(row["emission_2025_kg"]) for row in rows)
    exact = sum(
        (Fraction(row["base_2020_kg"]) * Fraction(row["reduction_pct"]) / 100 for row in rows if row["reduction_pct"]),
        Fraction(0),
    )
    reducing = sum(Fraction(row["base_2020_kg"]) for row in rows if row["mode"] == "reduce")
    assert base == Fraction("269805.34")
    assert reducing == Fraction("269268.62")
    assert net == Fraction("23729.65")
    assert exact == Fraction("23729.6568")
    assert emission == Fraction("246075.68")
    assert emission - (base - net) == Fraction("-0.01")
    assert base * Fraction(7, 100) == Fraction("18886.3738")
    assert round(net / base * 100, 4) == Fraction("8.7951")


# ---------------------------------------------------------------- industries and waste

HEAVY_MINING: Final = {"0911", "0912", "0913", "0914", "0915"}
HEAVY_SMELTING: Final = {"3211", "3212", "3213", "3214", "3215"}


def test_industries_are_unique_by_code_and_by_name() -> None:
    """Codes have three or four digits, and no name stands twice."""
    rows = table("industries")
    assert all(row["industry_code"].isdecimal() and len(row["industry_code"]) in (3, 4) for row in rows)
    for column in ("industry_code", "industry", "industry_en"):
        assert len({row[column] for row in rows}) == len(rows)


def test_the_code_alone_makes_these_industries_key_and_no_others() -> None:
    """Copper, lead-zinc, nickel-cobalt, tin and antimony, tanning and lead batteries; the rest needs more facts."""
    key = {row["industry_code"]: row["key_industry"] for row in table("industries") if row["key_industry"]}
    assert key == (
        dict.fromkeys(HEAVY_MINING, "heavy_nonferrous_mining")
        | dict.fromkeys(HEAVY_SMELTING, "heavy_nonferrous_smelting")
        | {"1910": "tanning", "3843": "lead_battery"}
    )


def test_every_code_of_nonferrous_smelting_names_a_smelting_activity_and_no_other_code_does() -> None:
    """Groups 321, 322 and 323 smelt; alloys (3240) and surface treatment (3360) do not."""
    smelting = {row["industry_code"] for row in table("industries") if row["activity"].endswith("_smelting")}
    assert smelting == {row["industry_code"] for row in table("industries") if len(row["industry_code"]) == 4} & {
        f"32{group}{last}" for group in "123" for last in range(10)
    }
    assert len(smelting) == 15


@pytest.mark.parametrize("code", ["0919", "2613", "2651", "3240", "3360", "321", "091"])
def test_a_code_that_mixes_activities_names_none(code: str) -> None:
    """Electroplating is only a part of 3360, mercury of 0919, chromate of 2613: the code leaves the activity open."""
    rows = {row["industry_code"]: row for row in table("industries")}
    assert rows[code]["activity"] == ""
    assert rows[code]["key_industry"] == ""


def test_the_waste_catalogue_of_2021_has_46_categories() -> None:
    """HW01 to HW50 without HW41 to HW44, each with a name of its own."""
    rows = table("hw_categories")
    assert [row["category_code"] for row in rows] == [f"HW{no:02}" for no in range(1, 51) if no not in range(41, 45)]
    assert len(rows) == 46
    assert len({row["category"] for row in rows}) == len({row["category_en"] for row in rows}) == 46


def test_a_category_names_an_element_only_where_its_own_name_does() -> None:
    """HW48 and HW18 hold arsenic, cadmium or thallium too, but their names do not say so."""
    elements = {
        "铍": "Be", "铬": "Cr", "铜": "Cu", "锌": "Zn", "砷": "As", "硒": "Se", "镉": "Cd", "锑": "Sb", "碲": "Te",
        "汞": "Hg", "铊": "Tl", "铅": "Pb", "镍": "Ni", "钡": "Ba",
    }  # fmt: skip
    named = {row["category"]: row["named_metal"] for row in table("hw_categories") if row["named_metal"]}
    assert named == {f"含{character}废物": symbol for character, symbol in elements.items()}
    blank = {row["category_code"] for row in table("hw_categories") if not row["named_metal"]}
    assert {"HW18", "HW48", "HW49"} <= blank
