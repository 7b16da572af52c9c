"""A report as one HTML page: nothing loaded from elsewhere, readable on paper, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from twin.i18n import _, language
from twin.judge.report.model import Report, Test, Words
from twin.units import clock

CLASSES = {
    "PASS": "pass", "FAIL": "fail", "NOT SEPARABLE": "open", "NOT JUDGED": "open",
}  # fmt: skip
WIDTH = 1000.0  # units of a timeline


@dataclass(frozen=True)
class Bar:
    """A value against its threshold, as percent of the way: the threshold stands in the middle."""

    value: float
    low: float
    high: float
    limit: float


def bar(test: Test) -> Bar | None:
    """Where value, interval and threshold are drawn; None where there is no value.

    A value v is drawn at v / (v + threshold), so that 0 is left, twice the threshold at two
    thirds and infinity right; with the threshold 0 at v / (v + 1), and the threshold left.
    """
    if test.value is None:
        return None
    low, high = test.ci95 or (test.value, test.value)
    scale = abs(test.threshold) or 1.0

    def place(v: float) -> float:
        return 100.0 * max(v, 0.0) / (max(v, 0.0) + scale)

    return Bar(place(test.value), place(low), place(high), 50.0 if test.threshold else 0.0)


def figure(value: float | None, unit: str = "") -> str:
    """A number as people read it: four digits, a share of 1 as percent."""
    if value is None:
        return "–"
    text = f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return f"{text} {unit}".strip() if unit not in ("", "1") else text


def page(report: Report) -> str:
    """The page, in the active language."""
    environment = Environment(
        loader=PackageLoader("twin.judge.report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        _=_, bar=bar, figure=figure, clock=clock, css=CLASSES, verdict=spoken, words=words,
        timelines=timelines(report), language=language(),
    )  # fmt: skip
    return environment.get_template("report.html.j2").render(report=report) + "\n"


def words(text: Words) -> str:
    """A text in the active language."""
    return text.ko if language() == "ko" else text.en


def spoken(verdict: str) -> str:
    """A verdict in the active language."""
    return {
        "PASS": _("PASS"),
        "FAIL": _("FAIL"),
        "NOT SEPARABLE": _("NOT SEPARABLE"),
        "NOT JUDGED": _("NOT JUDGED"),
    }[verdict]


def timelines(report: Report) -> list[dict[str, Any]]:
    """A band a trial: incidents, and where the evidence of failures lies, in units of WIDTH."""
    bands = []
    for tried in report.trials:
        length = max(tried.end - tried.begin, 1e-9)

        def place(t: float, begin: float = tried.begin, length: float = length) -> float:
            return WIDTH * min(max((t - begin) / length, 0.0), 1.0)

        marks = [
            {
                "x": place(one.start), "w": max(place(one.stop) - place(one.start), 3.0),
                "text": one.kind, "css": "incident",
            }
            for one in report.incidents
            if one.seed == tried.seed
        ]  # fmt: skip
        for test in report.tests:
            if test.verdict != "FAIL":
                continue
            for row in test.evidence:
                start = row.get("start", row.get("t"))
                if row.get("seed", tried.seed) != tried.seed or not isinstance(start, int | float):
                    continue
                marks.append(
                    {"x": place(float(start)), "w": 3.0, "text": test.id, "css": "failure"}
                )
        bands.append({"seed": tried.seed, "marks": marks, "end": clock(tried.end)})
    return bands
