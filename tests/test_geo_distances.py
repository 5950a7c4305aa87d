"""The interval around a measured distance, what widens it, and what leaves it without a bound."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPoint, Point, box

from tests.geo_layers import RANKS, SYSTEMS, east_of, layer, north_south, river, site
from ynpolicy.errors import InputError
from ynpolicy.geo import nearest_belts
from ynpolicy.geo.distances import BIT, RiverIndex, bits, doubts_of
from ynpolicy.geo.layers import Complete, RiverLayer, Site
from ynpolicy.location import DistanceFound, Doubt

LAW = Fraction(1000)
AT_1200 = east_of(102, 1200)


def find(site: Site, *layers: RiverLayer, buffer: Fraction | None = LAW) -> DistanceFound:
    return RiverIndex(layers, SYSTEMS, RANKS).find(site, "site.bank_distance", buffer)


def metres(found: DistanceFound) -> tuple[float, float | None]:
    """The bounds, within a few centimetres of rounding outward."""
    return float(found.at_least), None if found.at_most is None else float(found.at_most)


def test_an_exact_distance_is_one_number_rounded_outward() -> None:
    """Without errors the interval is the distance to a centimetre or so, and holds it."""
    found = find(site(AT_1200), layer(river(north_south(102), "金沙江")))
    assert found.measured == 1200
    assert Fraction("1199.98") <= found.at_least <= 1200 <= found.at_most <= Fraction("1200.01")  # type: ignore[operator]
    assert found.at_least * 100 == int(found.at_least * 100)
    assert (found.river, found.inside, found.doubts) == ("金沙江", False, ())
    assert found.nearest == pytest.approx((102, 25), abs=1e-5)
    assert found.layer is not None
    assert found.layer.title == "layer"


def test_errors_and_extent_and_half_the_width_widen_the_interval() -> None:
    """d - E - e - w/2 and d + E, with E of layer and site, e of the site, w of the river."""
    found = find(site(AT_1200, error=20, extent=70), layer(river(north_south(102), width=150), error=30))
    assert metres(found) == pytest.approx((1200 - 30 - 20 - 70 - 75, 1200 + 30 + 20), abs=0.02)
    assert found.doubts == (Doubt.CENTRELINE,)
    assert found.inside is False
    assert found.margin == found.at_least - 1000


@pytest.mark.parametrize("width", [None, 0.0, 300.0, 2298.0])
@pytest.mark.parametrize("is_area", [True, False])
def test_a_bank_is_where_it_is_drawn(is_area: bool, width: float | None) -> None:
    """The width of a river says nothing of an area of banks, nor of lines where the site is surely not in the water."""
    west = box(101.99, 24.5, 102, 25.5) if is_area else north_south(102)
    found = find(site(AT_1200, error=20), layer(river(west, width=width), kind="bank", error=30))
    if width is None and not is_area:
        assert (found.at_least, found.inside, found.doubts) == (0, None, (Doubt.WIDTH,))
    else:
        assert metres(found) == pytest.approx((1150, 1250), abs=0.02)
        assert (found.inside, found.doubts) == (False, ())


RESERVOIR = MultiLineString([north_south(102), LineString([(102.03, 24.5), (102.03, 25.5)])])
"""Two banks some 3,027 m from each other."""


@pytest.mark.parametrize("error", [0.0, 20.0, 700.0])
def test_a_site_in_the_middle_of_a_reservoir_is_not_outside(error: float) -> None:
    """Both banks are 1.5 km away, and the site is in the water; as near a site on land cannot be told from it, one that
    is farther than half the greatest width can."""
    banks = layer(river(RESERVOIR, width=3040.0), kind="bank", error=0)
    middle = find(site(Point(102.015, 25), error=error), banks)
    assert (middle.at_least, middle.inside) == (0, None)
    assert Doubt.WATER in middle.doubts
    assert (Doubt.ACCURACY in middle.doubts) == (error > 600)
    land = find(site(east_of(102.03, 1530 + error), error=error), banks)
    assert (land.inside, land.doubts) == (False, ())
    assert land.at_least == pytest.approx(1530, abs=0.03)
    near = find(site(east_of(102.03, 900 - error), error=error), banks)
    assert (near.at_least, near.inside, near.doubts) == (0, True, ())
    filled = layer(river(RESERVOIR.convex_hull, width=0.0), kind="bank", error=0)
    assert find(site(Point(102.015, 25), error=error), filled).inside is True


@given(st.floats(0, 4000), st.floats(0, 600), st.floats(0, 600), st.floats(0, 3000), st.floats(0, 1))
def test_better_known_banks_never_take_an_answer_back(
    apart: float, error: float, extent: float, width: float, share: float
) -> None:
    """That a site may lie in the water is a matter of all bounds together: what a coarse site tells stands."""
    banks = layer(river(north_south(102), width=width), kind="bank", error=error)
    coarse = find(site(east_of(102, apart), error, extent), banks)
    fine = find(site(east_of(102, apart), error * share, extent * share), banks)
    assert coarse.inside in (None, fine.inside)
    assert fine.at_least >= coarse.at_least


def test_inside_is_said_only_where_the_whole_interval_is_inside() -> None:
    """At a distance of 1,200 m, a law of 1,000, 1,250.01 and 1,300 m is answered no, cannot tell, and yes."""
    at, rivers = site(AT_1200, error=20), layer(river(north_south(102)), error=30)
    answers = {law: find(at, rivers, buffer=Fraction(law)) for law in ("1000", "1200", "1250", "1250.01", "1300")}
    assert [found.inside for found in answers.values()] == [False, None, None, True, True]
    assert [Doubt.ACCURACY in found.doubts for found in answers.values()] == [False, True, True, False, False]
    assert find(at, rivers, buffer=None).inside is None
    assert find(at, rivers, buffer=None).doubts == ()


def test_a_site_on_a_river_is_at_distance_zero() -> None:
    """In a river's area, or across its line: measured 0, and no further than the errors."""
    area = layer(river(box(101.99, 24.9, 102.01, 25.1)), kind="bank", error=5)
    line = layer(river(north_south(102)), error=5)
    for at, rivers in (
        (Point(102, 25), area),
        (box(101.9, 25, 102.1, 25.01), area),
        (box(101.9, 25, 102.1, 25.01), line),
    ):
        found = find(site(at, error=2), rivers)
        assert (found.measured, found.at_least, found.at_most, found.inside) == (0, 0, 7, True)


def test_the_nearest_part_of_a_site_counts() -> None:
    """An area, a line and several points are as near as their nearest part."""
    near, far = AT_1200, east_of(102, 5000)
    for shape in (box(near.x, 24.99, far.x, 25.01), LineString([near, far]), MultiPoint([far, near])):
        assert find(site(shape), layer(river(north_south(102)))).measured == pytest.approx(1200, abs=0.2)


def test_a_layer_that_may_lack_a_river_bounds_nothing_from_below() -> None:
    """Another river could be nearer, so no site is outside; it may still be inside."""
    found = find(site(AT_1200), layer(river(north_south(102)), complete=()))
    assert (found.at_least, found.inside, found.doubts) == (0, None, (Doubt.INCOMPLETE,))
    assert find(site(east_of(102, 900)), layer(river(north_south(102)), complete=())).inside is True


def test_a_layer_complete_for_part_of_the_rivers_is_not_complete() -> None:
    """All asked systems and ranks must be covered, by one layer or by several together."""
    asked = ("yangtze", "pearl"), ("mainstem",)
    first = layer(river(north_south(102)), complete=(Complete("a", ("yangtze",), ("mainstem",)),))
    second = layer(
        river(north_south(102.1), system="pearl"), complete=(Complete("b", ("pearl", "red"), ("mainstem", "minor")),)
    )
    at = site(AT_1200)
    assert RiverIndex([first], *asked).find(at, "f", LAW).doubts == (Doubt.INCOMPLETE,)
    both = RiverIndex([first, second], *asked).find(at, "f", LAW)
    assert both.inside is False
    assert metres(both)[0] == pytest.approx(1200, abs=0.02)
    beyond = RiverIndex([first, second], *asked).find(site(east_of(102.1, -300)), "f", LAW)
    assert (beyond.inside, beyond.river) == (True, "river")
    assert metres(beyond)[0] == pytest.approx(300, abs=0.02)


def test_a_river_that_surely_does_not_count_is_not_seen() -> None:
    """A minor river, or one of another system, bounds nothing on either side."""
    others = river(east_line(400), rank="minor"), river(east_line(500), system="red")
    found = find(site(AT_1200), layer(river(north_south(102)), *others))
    assert (found.measured, found.inside, found.doubts) == (1200, False, ())


def east_line(metres: float) -> LineString:
    """A line along the meridian that is so far east of the 102nd."""
    return north_south(east_of(102, metres).x)


@pytest.mark.parametrize("unknown", [{"rank": ""}, {"system": ""}, {"rank": "", "system": ""}])
def test_a_river_that_perhaps_counts_bounds_from_below_only(unknown: dict[str, str]) -> None:
    """Where the rank or the system is not said, a nearer river keeps a site from being outside; it puts none inside."""
    found = find(site(AT_1200), layer(river(north_south(102), "known"), river(east_line(700), "unsaid", **unknown)))
    assert metres(found) == pytest.approx((500, 1200), abs=0.02)
    assert (found.river, found.measured, found.inside) == ("known", 1200, None)
    assert Doubt.UNRANKED in found.doubts
    far = find(site(AT_1200), layer(river(north_south(102), "known"), river(east_line(-700), "unsaid", **unknown)))
    assert (far.inside, far.doubts) == (False, ())


def test_a_layer_of_which_nothing_is_said_names_the_nearest_river() -> None:
    """A layer without metadata gives no bound, but tells what lies near."""
    bare = layer(river(north_south(102), "some", "", "", None), error=None, complete=())
    found = find(site(AT_1200), bare)
    assert (found.at_least, found.at_most, found.measured, found.river) == (0, None, 1200, "some")
    assert found.doubts == (Doubt.NO_RIVER, Doubt.INCOMPLETE, Doubt.UNRANKED)


def test_an_error_that_is_not_stated_leaves_no_bound() -> None:
    """Of the layer or of the site: nothing is known, whatever the distance."""
    of_layer = find(site(AT_1200), layer(river(north_south(102)), error=None))
    assert (of_layer.at_least, of_layer.at_most, of_layer.doubts) == (0, None, (Doubt.LAYER_ACCURACY,))
    of_site = find(site(AT_1200, error=None), layer(river(north_south(102))))
    assert (of_site.at_least, of_site.at_most, of_site.doubts) == (0, None, (Doubt.SITE_ACCURACY,))
    assert of_layer.measured == of_site.measured == 1200


def test_a_site_of_unknown_extent_may_reach_the_river() -> None:
    """The upper bound stands, since the point is in the site; the lower one does not."""
    found = find(site(east_of(102, 900), error=20, extent=None), layer(river(north_south(102)), error=30))
    assert metres(found) == pytest.approx((0, 950), abs=0.02)
    assert (found.inside, found.doubts) == (True, (Doubt.SITE_EXTENT,))
    assert find(site(AT_1200, extent=None), layer(river(north_south(102)))).inside is None


def test_a_width_that_is_not_stated_leaves_no_lower_bound() -> None:
    """One such river of a layer of centrelines is enough, since nobody says how near its bank is."""
    for width, doubts in ((None, (Doubt.WIDTH,)), (10, (Doubt.CENTRELINE,))):
        found = find(site(AT_1200), layer(river(north_south(102), width=10), river(north_south(103), width=width)))
        assert found.doubts == doubts
        assert (found.at_least == 0) == (width is None)


def test_a_wide_river_farther_away_can_have_the_nearer_bank() -> None:
    """The lower bound is the least over the banks, not the bank of the nearest line."""
    rivers = layer(river(north_south(102), width=20), river(east_line(3000), width=2000))
    assert metres(find(site(AT_1200), rivers)) == pytest.approx((800, 1200), abs=0.02)


def test_a_site_on_both_sides_of_a_river_is_never_farther_than_its_nearest_part() -> None:
    """Far from the middle of a wide site its plane stretches the east more than the west, and the nearer of two parts
    may look the farther one."""
    stream = LineString([(102, 25), (102, 25.0001)])
    for wide in (0.1, 1.0, 2.0):
        for apart in (800, 3000, 5000):
            parts = MultiPoint([east_of(102, apart), east_of(102, -apart * (1 + 2e-6 * wide)), Point(102 - wide, 25.5)])
            found = find(site(parts), layer(river(stream)))
            assert apart - 0.2 < found.at_least <= apart


def test_of_two_layers_the_narrower_bounds_hold() -> None:
    """The least upper bound and the greatest lower bound, of whichever layer; the river is told from the layer that
    bounds above."""
    coarse = layer(river(east_line(60), "coarse"), error=300, title="coarse")
    fine = layer(river(north_south(102), "fine", width=600), error=10, title="fine")
    found = find(site(AT_1200), coarse, fine)
    assert metres(found) == pytest.approx((890, 1210), abs=0.02)
    assert (found.river, found.measured, found.layer and found.layer.title) == ("fine", 1200, "fine")


def test_an_incomplete_layer_beside_a_complete_one_takes_nothing_away() -> None:
    """Each layer only adds what it knows."""
    complete = layer(river(north_south(102)), error=30)
    partial = layer(river(east_line(-2000)), error=None, complete=())
    assert find(site(AT_1200), complete, partial).inside is False
    assert find(site(AT_1200), complete, partial).doubts == ()


def test_layers_that_contradict_each_other_decide_nothing() -> None:
    """One says at least 1,190 m, the other at most 910 m: at least one is wrong, and nobody knows which."""
    one, other = layer(river(north_south(102)), error=10), layer(river(east_line(300)), error=10, title="other")
    for at in (site(AT_1200), site(AT_1200, error=500, extent=None)):
        found = find(at, one, other)
        assert (found.at_least, found.at_most, found.inside) == (0, None, None)
        assert Doubt.CONTRADICTION in found.doubts
    assert Doubt.CONTRADICTION not in find(site(AT_1200), one, layer(river(east_line(300)), error=291)).doubts


def test_no_layer_is_no_answer() -> None:
    """Without a layer, or with hints only, nothing is measured."""
    for layers in ((), (layer(river(north_south(102)), kind="hint", error=3000),)):
        found = find(site(AT_1200), *layers)
        assert (found.at_least, found.at_most, found.measured, found.layer) == (0, None, None, None)
        assert found.doubts == (Doubt.NO_LAYER,)


def test_a_complete_layer_without_such_rivers_is_no_answer() -> None:
    """A layer that claims all rivers of a system and holds none is not taken to say that there are none."""
    found = find(site(AT_1200), layer(river(north_south(102), system="red")))
    assert (found.at_least, found.at_most, found.measured) == (0, None, None)
    assert found.doubts == (Doubt.NO_RIVER,)


def test_a_complete_layer_that_says_of_no_river_that_it_counts_is_no_answer() -> None:
    """Otherwise a site would be outside until it is said that the river does not count, and then no longer."""
    unsaid = layer(river(north_south(102), rank=""))
    found = find(site(AT_1200), unsaid)
    assert (found.at_least, found.at_most, found.measured) == (0, None, 1200)
    assert found.doubts == (Doubt.NO_RIVER, Doubt.UNRANKED)


def test_a_river_that_is_listed_and_not_drawn_makes_a_layer_incomplete() -> None:
    """An empty geometry is no river that is far away."""
    found = find(site(AT_1200), layer(river(north_south(102)), river(LineString(), "not drawn")))
    assert (found.at_least, found.doubts) == (0, (Doubt.INCOMPLETE,))


def test_undeclared_systems_are_passed_on() -> None:
    """What sites and layers doubt themselves stands in the finding, once."""
    doubtful = layer(river(north_south(102)), error=1120, doubts=(Doubt.LAYER_SYSTEM,))
    found = find(site(AT_1200, error=1120, doubts=(Doubt.SITE_SYSTEM, Doubt.SITE_SYSTEM)), doubtful, doubtful)
    assert found.doubts == (Doubt.SITE_SYSTEM, Doubt.LAYER_SYSTEM, Doubt.ACCURACY)


def test_doubts_are_bits() -> None:
    """Each doubt has one bit of its own, and a number of bits reads back as its doubts."""
    assert len({*BIT.values()}) == len(Doubt)
    assert doubts_of(bits(Doubt)) == tuple(Doubt)


def test_a_layer_that_memory_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many vertices, or a line that is cut into too many pieces, is said with the layer and what would help."""
    huge = layer(river(north_south(102)), title="national rivers")
    monkeypatch.setattr(nearest_belts, "MOST_PIECES", 700)
    assert find(site(AT_1200), huge).measured == 1200
    monkeypatch.setattr(nearest_belts, "MOST_PIECES", 100)
    with pytest.raises(InputError, match="national rivers: the rivers are too long or too detailed: 55"):
        find(site(AT_1200), huge)
