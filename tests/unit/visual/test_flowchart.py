"""The drawing of a line's flow: every station once, every way, ways back below."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from visual.flowchart import Way, columns, flowchart, scraps, ways


def test_every_station_and_used_sink_is_drawn_once(line):
    svg = flowchart(line)
    ids = re.findall(r'class="id"[^>]*>([^<]+)<', svg)
    assert sorted(ids) == sorted([*(s.id for s in line.stations), "out"])


def test_every_way_is_a_line_and_rejected_ones_are_dashed(line):
    tree = ElementTree.fromstring(flowchart(line))
    drawn = [e.get("class") for e in tree.iter() if e.tag.endswith("path") and e.get("class")]
    found = set(ways(line))
    scrapping = sum(scraps(station) for station in line.stations)
    assert scrapping == 1  # the review bench
    assert len(drawn) == len(found) + scrapping
    assert drawn.count("way bad") == sum(way.rejected for way in found) + scrapping


def test_a_station_stands_behind_all_that_feed_it_and_a_way_back_moves_nothing():
    found = [Way("a", "b", "", False), Way("a", "c", "", False), Way("b", "c", "", False),
             Way("c", "a", "", True)]  # fmt: skip
    column = columns(["a", "b", "c"], found)
    assert (column["a"], column["b"], column["c"]) == (0, 1, 2)


def test_texts_come_in_the_readers_language(line):
    assert "리플로우" in flowchart(line, "ko")
    assert "Reflow" in flowchart(line)
