"""Every figure of a shipped scenario says where it comes from; no assumption passes for a fact."""

from __future__ import annotations

import pytest

from tests.contract.sources import MARKS, figures, rows
from twin.line.index import shipped

NAMES = [entry.id for entry in shipped() if not entry.id.startswith("examples/")]


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_source_or_is_said_to_be_assumed(name):
    known = rows(name)
    missing = [place for place in figures(name) if not any(row.covers(place) for row in known)]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_every_row_says_how_well_its_figure_is_known(name):
    for row in rows(name):
        assert row.known.split()[0] in MARKS, row
        assert row.source or row.known.split()[0] in ("assumed", "known"), row


@pytest.mark.parametrize("name", NAMES)
def test_no_row_speaks_of_a_figure_that_is_not_there(name):
    places = figures(name)
    idle = [
        pattern
        for row in rows(name)
        for pattern in row.where
        if pattern != "-" and not any(row.covers(p) for p in places)
    ]
    assert idle == []


def test_a_figure_without_a_row_would_be_found():
    assert not any(row.covers("stations.PRN.nothing") for row in rows("electronics/smt-v1"))
