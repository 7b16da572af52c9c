"""The report of a calibration: each fit as a picture beside its figures, and what was not fitted.

One HTML file with its pictures inside, readable on paper.
"""

from __future__ import annotations

import base64
import io
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.calibrate import Calibration, Fit
from twin.calibrate.laws import distribution, memory_of
from twin.calibrate.tags import TagFit
from twin.calibrate.writing import time_text
from twin.equipment.tag import Text
from visual.fonts import families

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
DATA, LAW, TWIN = "#8fa7b3", "#c8192e", "#1f5fa0"
LAGS, STRETCH = 12, 600
LOOKS, STEPS = Text("looks", "표본"), Text("Share of steps above", "변화량 초과 비율")
TITLE = Text("Calibration", "보정 결과")
DENSITY = Text("How often", "빈도")
BELOW = Text("Share below", "누적 비율")
MEMORY = Text("Correlation with the one n before", "n번 전과의 상관")
RECORDED, FITTED, SHOWN = (
    Text("recorded", "기록"), Text("fitted", "적합"), Text("the twin shows", "트윈 결과")
)  # fmt: skip
SECONDS, LAG = Text("s", "초"), Text("n", "n")
UNFIT = Text("Not fitted", "적합하지 못한 항목")
HEADS = (
    Text("What", "항목"), Text("Records", "기록 수"), Text("Mean, 95 %", "평균, 95 %"),
    Text("In the scenario", "시나리오 값"), Text("Mean in the twin", "트윈의 평균"),
    Text("KS distance", "KS 거리"), Text("Notes", "비고"),
)  # fmt: skip
TAG_HEADS = (
    Text("Tag", "태그"), Text("Records", "기록 수"), Text("Resolution", "분해능"),
    Text("Noise: record → twin", "잡음: 기록 → 트윈"), Text("Memory", "기억"),
    Text("Holds", "값 유지"), Text("Notes", "비고"),
)  # fmt: skip
UNFIT_HEADS = (Text("What", "항목"), Text("Why", "이유"))
STYLE = """
body{font-family:'Noto Sans KR','Noto Sans CJK KR',sans-serif;color:#1c2a33;margin:2rem auto;
max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #d5dade;vertical-align:top;font-size:.85rem}
section{break-inside:avoid;margin-top:1.6rem}img{width:100%}h2{font-size:1rem;margin:0}
code{font-size:.85rem}
"""


def fit_report(calibration: Calibration, path: Path, *, language: str = "en") -> None:
    """Write the report as one HTML file."""
    from matplotlib import rc_context

    with rc_context({"font.family": families(language), "font.size": 9}):
        parts = [_section(fit.what, _picture(fit, language)) for fit in calibration.fits]
        parts += [_section(one.what, _tag_picture(one, language)) for one in calibration.tags]
    unfits = _table(UNFIT_HEADS, [(one.what, one.why) for one in calibration.unfits], language)
    title = f"{TITLE.in_language(language)}: {escape(calibration.line.id)}"
    times = _table(HEADS, map(_row, calibration.fits), language)
    tags = _table(TAG_HEADS, (one.cells for one in calibration.tags), language)
    path.write_text(
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1>{times}{tags}{''.join(parts)}"
        f"<h1>{UNFIT.in_language(language)}</h1>{unfits}</html>\n",
        encoding="utf-8",
    )


def _table(heads: Sequence[Text], rows: Iterable[Sequence[str]], language: str) -> str:
    """A table; nothing where there are no rows."""
    cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    if not cells:
        return ""
    head = "".join(f"<th>{escape(one.in_language(language))}</th>" for one in heads)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _row(fit: Fit) -> tuple[str, ...]:
    low, high = fit.fitted.interval
    value = ", ".join(f"{key}: {one}" for key, one in fit.value.items())
    return (
        fit.what, str(fit.fitted.n), f"{time_text(low)} – {time_text(high)}", value,
        time_text(float(fit.shown.mean())) if len(fit.shown) else "–",
        f"{fit.fitted.distance:.3f}", "; ".join(fit.notes),
    )  # fmt: skip


def _section(what: str, picture: bytes) -> str:
    name, data = escape(what), base64.b64encode(picture).decode()
    return (
        f'<section><h2>{name}</h2><img alt="{name}" src="data:image/png;base64,{data}"></section>'
    )


def _picture(fit: Fit, language: str) -> bytes:
    """How often, share below, memory: three charts side by side, a PNG."""
    figure, (first, second, third) = _charts(3)
    top = float(np.quantile(fit.sample, 0.995)) * 1.02
    low = float(fit.sample.min())
    low = low * 0.98 if low > 0.5 * top else 0.0
    _density(first, fit, (low, top), language)
    _shares(second, fit, (low, top), language)
    _memory(third, fit, language)
    return _png(figure)


def _tag_picture(one: TagFit, language: str) -> bytes:
    """A stretch of the record, one of the twin, and the steps of both; a PNG."""
    figure, (first, second, third) = _charts(3)
    shown = one.shown[1] if one.shown is not None else np.empty(0)
    pairs = ((first, one.sample[1], DATA, RECORDED), (second, shown, TWIN, SHOWN))
    for axes, values, colour, title in pairs:
        begin = max(len(values) // 2 - STRETCH // 2, 0)
        axes.plot(values[begin : begin + STRETCH], color=colour, lw=0.9)
        axes.set(title=title.in_language(language), xlabel=LOOKS.in_language(language))
    for values, colour in ((one.sample[1], DATA), (shown, TWIN)):
        steps = np.sort(np.abs(np.diff(values[np.isfinite(values)])))
        if len(steps):
            share = 1.0 - np.arange(len(steps)) / len(steps)
            third.plot(steps, share, color=colour, lw=1.6)
    third.set(yscale="log", title=STEPS.in_language(language))
    return _png(figure)


def _charts(count: int) -> tuple[Figure, Sequence[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 2.5), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, count))


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()


def _density(axes: Axes, fit: Fit, window: tuple[float, float], language: str) -> None:
    edges = np.linspace(*window, 41)
    width = edges[1] - edges[0]
    middles = 0.5 * (edges[1:] + edges[:-1])
    axes.hist(fit.sample, edges.tolist(), color=DATA, label=RECORDED.in_language(language))
    law = np.diff(distribution(fit.fitted.law)(edges)) * len(fit.sample)
    axes.plot(middles, law, color=LAW, lw=1.6, label=FITTED.in_language(language))
    if len(fit.shown):
        seen = np.histogram(fit.shown, edges)[0] * len(fit.sample) / len(fit.shown)
        axes.step(middles + 0.5 * width, seen, color=TWIN, ls="--", lw=1.2, where="pre",
                  label=SHOWN.in_language(language))  # fmt: skip
    axes.set(xlim=window, xlabel=SECONDS.in_language(language),
             title=DENSITY.in_language(language))  # fmt: skip
    axes.legend(frameon=False, fontsize=8)


def _shares(axes: Axes, fit: Fit, window: tuple[float, float], language: str) -> None:
    for times, colour, style in ((fit.sample, DATA, "-"), (fit.shown, TWIN, "--")):
        if len(times):
            axes.step(np.sort(times), np.arange(1, len(times) + 1) / len(times), color=colour,
                      ls=style, lw=1.6, where="post")  # fmt: skip
    grid = np.linspace(*window, 400)
    axes.plot(grid, distribution(fit.fitted.law)(grid), color=LAW, lw=1.2)
    axes.set(xlim=window, ylim=(0.0, 1.02), xlabel=SECONDS.in_language(language),
             title=BELOW.in_language(language))  # fmt: skip


def _memory(axes: Axes, fit: Fit, language: str) -> None:
    lags = np.arange(1, LAGS + 1)
    for times, colour, shift in ((fit.sample, DATA, -0.18), (fit.shown, TWIN, 0.18)):
        if len(times) > 3 * LAGS:
            heights = [memory_of(times, lag) for lag in range(1, LAGS + 1)]
            axes.bar(lags + shift, heights, 0.34, color=colour)
    bound = 1.96 / np.sqrt(fit.fitted.n)
    for y in (-bound, bound):
        axes.axhline(y, color=LAW, ls=":", lw=1.0)
    axes.set(ylim=(-0.5, 1.0), xlabel=LAG.in_language(language),
             title=MEMORY.in_language(language))  # fmt: skip
