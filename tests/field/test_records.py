"""Records are a function of the look: any stretch, any selection, live or afterwards."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from twin.errors import FutureError, UsageError
from twin.field import PROFILES, Feed, Received, Records, network, records
from twin.field.table import COLUMNS, LATE, PLAIN, TWICE
from twin.line import shipped

DIRTY = [name for name in PROFILES if name != "clean"]


@pytest.fixture(scope="module")
def trace() -> twin.Trace:
    return twin.run(twin.load("electronics/smt-v1"), "4h", seed=3)


def rows(table: Records) -> list[tuple[object, ...]]:
    """Rows as comparable tuples, in an order of their own."""
    columns = [getattr(table, name).tolist() for name in COLUMNS if name not in ("tag", "value")]
    names = [table.names[number] for number in table.tag.tolist()]
    return sorted(zip(*columns, names, map(repr, table.value.tolist()), strict=True))


@pytest.mark.parametrize("dirt", PROFILES)
def test_windows_hold_what_the_whole_holds(trace, dirt):
    whole = records(trace, "RFL.*", 0.0, 9000.0, dirt)
    cut = [records(trace, "RFL.*", *window, dirt) for window in
           ((0.0, 12.3), (12.3, 4000.0), (4000.0, 4000.5), (4000.5, 9000.0))]  # fmt: skip
    assert len(whole.records) > 1000
    assert rows(whole.records) == sorted(row for part in cut for row in rows(part.records))


@pytest.mark.parametrize("dirt", DIRTY)
def test_what_comes_later_changes_nothing(trace, dirt):
    early = twin.run(trace.line, "1h", seed=3)
    assert rows(records(early, "*", 0.0, 3600.0, dirt).records) == rows(
        records(trace, "*", 0.0, 3600.0, dirt).records
    )


@pytest.mark.parametrize("dirt", DIRTY)
def test_rows_of_a_tag_do_not_depend_on_which_others_are_asked_for(trace, dirt):
    every = records(trace, "*", 0.0, 3600.0, dirt)
    some = records(trace, ["RFL.Zone3Temp", "PNP1.*"], 0.0, 3600.0, dirt)
    kept = [row for row in rows(every.records)
            if row[-2] == "RFL.Zone3Temp" or str(row[-2]).startswith("PNP1.")]  # fmt: skip
    assert rows(some.records) == kept


@pytest.mark.parametrize("dirt", PROFILES)
def test_a_feed_over_a_growing_run_gives_the_records_in_order_of_arrival(trace, dirt):
    run = twin.Run(trace.line, 3)
    feed = Feed(network(trace.line, 3, dirt))
    given: list[Received] = []
    for now in (0.5, 3.0, 700.0, 701.0, 2000.0, 3600.0):
        run.advance(now)
        given.append(feed.advance(run.trace, now))
        assert (given[-1].records.arrival < now).all()
    arrived = [row for got in given for row in rows(got.records)]
    whole = records(trace, "*", 0.0, 3600.0, dirt).records
    assert sorted(arrived) == rows(whole.take(whole.arrival < 3600.0))
    times = np.concatenate([got.records.arrival for got in given])
    assert (np.diff(times) >= 0.0).all()


@pytest.mark.parametrize("name", [row.id for row in shipped()])
def test_windows_hold_what_the_whole_holds_on_every_line(name):
    short = twin.run(twin.load(name), "40min", seed=2)
    whole = records(short, "*", 0.0, 2400.0, "hostile", 3)
    cut = [records(short, "*", *window, "hostile", 3) for window in ((0.0, 901.7), (901.7, 2400.0))]
    assert len(whole.records) > 500
    assert rows(whole.records) == sorted(row for part in cut for row in rows(part.records))


def test_another_seed_and_another_station_have_other_dirt(trace):
    nets = [network(trace.line, seed, "nist").gateways for seed in (1, 2)]
    begins = {gateway.spells.until(1e5)[0].tobytes() for net in nets for gateway in net}
    assert len(begins) == len(nets[0]) + len(nets[1])


def test_clean_records_are_the_signals_and_nothing_else(trace):
    got = records(trace, "*", 0.0, 3600.0)
    table = got.records
    assert got.truth == ()
    assert (table.quality == 0).all()
    assert (table.how == PLAIN).all()
    assert (table.stamp == table.t).all()
    assert (table.arrival == table.t).all()
    for name in ("RFL.Zone3Temp", "RFL.State", "Line.Finished", "PNP1.PartInWork"):
        mine = table.of(name)
        grid = np.arange(3600.0)
        shown = twin.sample(trace, name, grid)[0]
        changed = np.concatenate([[True], shown[1:] != shown[:-1]])
        assert mine.t.tolist() == grid[changed].tolist()
        assert mine.value.tolist() == shown[changed].tolist()


def test_a_receiver_of_an_outage_gets_all_values_again_when_it_is_over(trace):
    got = records(trace, "PNP1.*", 0.0, trace.now, "nist")
    outages = [deed for deed in got.truth if deed.kind == "outage" and deed.end < trace.now - 5]
    assert outages
    for outage in outages:
        table = got.records
        sampled = ~np.isin(table.tag, [table.names.index("PNP1.Condition")])
        assert not (sampled & (table.t >= outage.begin) & (table.t < outage.end)).any()
        after = table.take(sampled & (table.t >= outage.end) & (table.t < outage.end + 1.2))
        assert set(after.tag.tolist()) == set(range(len(table.names))) - {
            table.names.index("PNP1.Condition")
        }


def test_kept_values_of_an_outage_come_later_with_their_own_timestamps(trace):
    got = records(trace, "*", 0.0, trace.now, "mobile")
    later = got.records.take(got.records.how == 2)
    assert len(later)
    assert (later.arrival > later.t).all()
    assert np.abs(later.stamp - later.t).max() < 1.0


def test_late_rows_are_older_than_what_came_before_them(trace):
    table = records(trace, "RFL.*", 0.0, trace.now, "nist").records
    newest = np.maximum.accumulate(table.stamp)
    late = table.how == LATE
    assert late.sum() > 10
    assert (table.stamp[late] < newest[late]).mean() > 0.9
    assert not (table.stamp[~late] < newest[~late] - 1.0).any()


def test_a_row_sent_twice_is_the_same_but_for_its_arrival(trace):
    table = records(trace, "RFL.*", 0.0, trace.now, "hostile").records
    first = {row[1:2] + row[-2:] for row in rows(table.take(table.how != TWICE))}
    again = rows(table.take(table.how == TWICE))
    assert len(again) > 10
    assert {row[1:2] + row[-2:] for row in again} <= first


def test_an_unknown_profile_or_tag_and_the_future_are_refused(trace):
    with pytest.raises(UsageError, match="no dirt profile 'mud'"):
        records(trace, "*", 0.0, 1.0, "mud")
    with pytest.raises(UsageError, match="matches 'nothing'"):
        records(trace, "nothing", 0.0, 1.0)
    with pytest.raises((UsageError, FutureError)):
        records(trace, "*", 0.0, trace.now + 1.0)
