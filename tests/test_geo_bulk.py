"""Many sites at once find what one finds, and no answer about drawn worlds is wrong."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import shapely
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draw_geo import draw_worlds
from tests.geo_layers import layer, north_south, river, site
from tests.geo_worlds import LAW, RANKS, SYSTEMS, World, drawn_world
from ynpolicy.geo import bulk
from ynpolicy.geo.bulk import Distances, find_many
from ynpolicy.geo.distances import BIT, RiverIndex, bits, doubts_of
from ynpolicy.geo.layers import River, RiverLayer
from ynpolicy.location import Doubt


def test_no_answer_is_wrong() -> None:
    """Rivers, layers off by no more than they state, sites off by no more than they state: 10,000 points and some areas
    are never said to be inside or outside when they are not, and no interval misses the truth."""
    points, areas = draw_worlds(7, range(100))
    assert points.trials == 10_000
    assert points.wrong == areas.wrong == 0
    assert min(points.inside, points.outside) > 1000
    assert min(areas.inside, areas.outside) > 10


def doubtful(draw: np.random.Generator, world: World, shifted: bool = True) -> World:
    """The same world, with layers that state less, some of them shifted so far that they contradict each other."""
    layers = tuple(
        evolve(
            drawn,
            error=None if draw.random() < 0.1 else drawn.error,
            complete=drawn.complete if draw.random() < 0.8 else (),
            doubts=(Doubt.LAYER_SYSTEM,) if draw.random() < 0.1 else (),
            kind="hint" if draw.random() < 0.1 else drawn.kind,
        )
        for drawn in world.layers
    )
    return evolve(world, layers=tuple(_east(of, 0.05) if shifted and draw.random() < 0.1 else of for of in layers))


def _east(drawn: RiverLayer, degrees: float) -> RiverLayer:
    def moved(of: River) -> River:
        return evolve(of, geometry=shapely.transform(of.geometry, lambda places: places + np.array([degrees, 0])))

    return evolve(drawn, rivers=tuple(moved(of) for of in drawn.rivers))


def row(found: Distances, index: RiverIndex, place: int) -> tuple[object, ...]:
    """One row as `DistanceFound` has it."""
    numbers = [column[place] for column in (found.at_least, found.at_most, found.measured)]
    at_least, at_most, measured = (None if np.isnan(number) else float(number) for number in numbers)
    layer, river = index.plan.rivers[found.river[place]] if found.river[place] >= 0 else (None, None)
    nearest = None if measured is None else (float(found.lon[place]), float(found.lat[place]))
    inside = {1: True, 0: False, -1: None}[int(found.inside[place])]
    doubts = doubts_of(int(found.doubts[place]))
    return at_least, at_most, measured, layer and layer.used, river.name if river else "", nearest, inside, doubts


@pytest.mark.parametrize("number", range(40))
def test_each_row_is_what_one_site_finds(number: int) -> None:
    """Both bounds, the river, the place, the answer and every doubt are those of `find`, to the last bit."""
    draw = np.random.default_rng(number)
    world = doubtful(draw, drawn_world(3, number, 30))
    error = np.where(draw.random(30) < 0.1, np.nan, world.error)
    extent = np.where(draw.random(30) < 0.1, np.nan, world.extent)
    doubts = draw.choice([0, BIT[Doubt.SITE_SYSTEM]], 30)
    lon, lat = world.plane(*world.stated.T, inverse=True)
    buffer = Fraction(LAW) if number % 5 else None
    index = world.index()
    many = find_many(index, lon, lat, buffer, error=error, extent=extent, doubts=doubts)
    for place in range(30):
        said = [None if np.isnan(column[place]) else float(column[place]) for column in (error, extent)]
        one = index.find(site(shapely.Point(lon[place], lat[place]), *said, doubts_of(int(doubts[place]))), "f", buffer)
        at_most, measured = (None if bound is None else float(bound) for bound in (one.at_most, one.measured))
        told = one.layer, one.river, one.nearest, one.inside, one.doubts
        assert row(many, index, place) == (float(one.at_least), at_most, measured, *told)


def test_chunks_are_put_back_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sites are measured at a time, each row is the site's own; and it is told how many are done."""
    draw = np.random.default_rng(1)
    index = RiverIndex([layer(river(north_south(102)), river(north_south(102.3)))], SYSTEMS, RANKS)
    lon, lat = draw.uniform(101.8, 102.5, 100), draw.uniform(24.6, 25.4, 100)
    whole = find_many(index, lon, lat, None, error=0, extent=0)
    monkeypatch.setattr(bulk, "CHUNK", 7)
    told: list[tuple[int, int]] = []
    parts = find_many(index, lon, lat, None, error=0, extent=0, progress=lambda *done: told.append(done))
    assert np.array_equal(whole.measured, parts.measured)
    assert np.array_equal(whole.river, (np.abs(lon - 102.3) < np.abs(lon - 102)).astype(int))
    assert told == [*((done, 100) for done in range(7, 100, 7)), (100, 100)]


def test_no_sites_and_no_layers_are_no_trouble() -> None:
    """Nothing in, nothing out; without layers there is one doubt for each site."""
    nothing = np.array([])
    assert len(find_many(RiverIndex([], SYSTEMS, RANKS), nothing, nothing, None).at_least) == 0
    found = find_many(
        RiverIndex([], SYSTEMS, RANKS), np.array([102.0]), np.array([25.0]), Fraction(LAW), error=1, extent=1
    )
    assert (found.at_least[0], found.inside[0], found.river[0]) == (0, -1, -1)
    assert np.isnan([found.at_most[0], found.measured[0], found.lon[0]]).all()
    assert found.doubts[0] == bits([Doubt.NO_LAYER])


share = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), share, share, share, share, st.booleans())
def test_more_accuracy_never_flips(
    number: int, layers: float, sites: float, extents: float, wide: float, said: bool
) -> None:
    """Smaller errors, extents and widths, and an error or an extent that is now stated, give an interval within the one
    before; so an answer stays, or is a first one."""
    world = drawn_world(11, number, 50)
    truly = evolve(world, layers=world.layers[:1])
    hidden = np.random.default_rng(number).random(50) < (0.3 if said else 0)
    vague = evolve(truly, error=np.where(hidden, np.nan, world.error), extent=np.where(hidden, np.nan, world.extent))
    finer = evolve(
        truly,
        layers=tuple(_finer(drawn, layers, wide) for drawn in truly.layers),
        error=world.error * sites,
        extent=world.extent * extents,
    )
    before, after = vague.found(vague.index()), finer.found(finer.index())
    assert (after.at_least >= before.at_least).all()
    assert (np.nan_to_num(after.at_most, nan=np.inf) <= np.nan_to_num(before.at_most, nan=np.inf)).all()
    answered = before.inside >= 0
    assert (after.inside[answered] == before.inside[answered]).all()


def _finer(drawn: RiverLayer, share: float, wide: float) -> RiverLayer:
    rivers = tuple(evolve(of, width=of.width and of.width * wide) for of in drawn.rivers)
    return evolve(drawn, error=None if drawn.error is None else drawn.error * share, rivers=rivers)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_what_was_not_said_of_a_layer_never_flips(number: int) -> None:
    """Once a layer also says its error, ranks, widths and what it is complete for, answers stay or are first ones."""
    world = drawn_world(13, number, 50)
    draw = np.random.default_rng(number)
    vague = doubtful(draw, evolve(world, layers=world.layers[:1]), shifted=False)
    named = evolve(world, layers=tuple(_told(draw, drawn) for drawn in world.layers[:1]))
    before, after = vague.found(vague.index()), named.found(named.index())
    answered = before.inside >= 0
    assert (after.inside[answered] == before.inside[answered]).all()


def _told(draw: np.random.Generator, drawn: RiverLayer) -> RiverLayer:
    """Rivers of which the system or rank was not said, said to be such as count or not."""
    systems, ranks = (*SYSTEMS, "red"), (*RANKS, "minor")

    def told(of: River) -> River:
        system, rank = of.system or str(draw.choice(systems)), of.rank or str(draw.choice(ranks))
        return evolve(of, system=system, rank=rank, width=of.width or 0.0)

    return evolve(drawn, rivers=tuple(told(of) for of in drawn.rivers))
