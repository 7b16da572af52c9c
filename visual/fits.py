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
from twin.calibrate.laws import distribution
from twin.calibrate.scenario import time_text
from twin.equipment.tag import Text
from visual.fonts import families

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
DATA, LAW, TWIN = "#8fa7b3", "#c8192e", "#1f5fa0"
LAGS = 12
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
        parts = [_section(fit, language) for fit in calibration.fits]
    rows = "".join(
        f"<tr><td>{escape(one.what)}</td><td>{escape(one.why)}</td></tr>"
        for one in calibration.unfits
    )
    title = f"{TITLE.in_language(language)}: {escape(calibration.line.id)}"
    head = "".join(f"<th>{escape(h.in_language(language))}</th>" for h in HEADS)
    table = "".join(_row(fit) for fit in calibration.fits)
    path.write_text(
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1><table><tr>{head}</tr>{table}</table>"
        f"{''.join(parts)}<h1>{UNFIT.in_language(language)}</h1><table>{rows}</table></html>\n",
        encoding="utf-8",
    )


def _row(fit: Fit) -> str:
    low, high = fit.fitted.interval
    value = ", ".join(f"{key}: {one}" for key, one in fit.value.items())
    cells = (
        fit.what, str(fit.fitted.n), f"{time_text(low)} – {time_text(high)}", value,
        time_text(float(fit.shown.mean())) if len(fit.shown) else "–",
        f"{fit.fitted.distance:.3f}", "; ".join(fit.notes),
    )  # fmt: skip
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _section(fit: Fit, language: str) -> str:
    picture = base64.b64encode(_picture(fit, language)).decode()
    name = escape(fit.what)
    return (
        f'<section><h2>{name}</h2><img alt="{name}" src="data:image/png;base64,{picture}">'
        "</section>"
    )


def _picture(fit: Fit, language: str) -> bytes:
    """Three charts side by side, a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 2.5), layout="constrained", dpi=120)
    FigureCanvasAgg(figure)
    first, second, third = figure.subplots(1, 3)
    top = float(np.quantile(fit.sample, 0.995)) * 1.02
    low = float(fit.sample.min())
    low = low * 0.98 if low > 0.5 * top else 0.0
    _density(first, fit, (low, top), language)
    _shares(second, fit, (low, top), language)
    _memory(third, fit, language)
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
            axes.bar(lags + shift, _correlations(times), 0.34, color=colour)
    bound = 1.96 / np.sqrt(fit.fitted.n)
    for y in (-bound, bound):
        axes.axhline(y, color=LAW, ls=":", lw=1.0)
    axes.set(ylim=(-0.5, 1.0), xlabel=LAG.in_language(language),
             title=MEMORY.in_language(language))  # fmt: skip


def _correlations(times: Floats) -> Floats:
    logs = np.log(np.maximum(times, 1e-6))
    logs = logs - logs.mean()
    whole = max(float(logs @ logs), 1e-12)
    return np.array([float(logs[k:] @ logs[:-k]) / whole for k in range(1, LAGS + 1)])
