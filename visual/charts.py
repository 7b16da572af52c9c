"""The two charts of a picture: throughput over time, and each station's time by state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.equipment.tag import Text
from twin.trace import State
from visual.figures import Figures
from visual.scene import Scene
from visual.states import LOOKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOFT, CURVE, MEAN_LINE = "#55606a", "#1f5fa0", "#8b949c"

# groups of states: title, states, colour, hatch; never told apart by the colour alone
GROUPS = (
    (Text("working", "가동"), (State.WORKING, State.LOADING), "#6f97a3", ""),
    (Text("starved", "자재 대기"), (State.STARVED,), "#f5c542", "//"),
    (Text("blocked", "배출 막힘"), (State.BLOCKED,), "#d99a00", "\\\\"),
    (Text("down", "고장"), (State.DOWN,), "#c8192e", "xx"),
    (
        Text("setup, held", "준비·대기"),
        (State.SETUP, State.HELD, State.MAINTENANCE),
        "#1f63b8",
        "..",
    ),
    (Text("idle, stopped", "유휴·정지"), (State.IDLE, State.STOPPED), "#d5dade", ""),
)
THROUGHPUT = Text("Throughput, parts an hour", "시간당 생산량 (개/h)")
SHARES = Text("Time by state", "상태별 시간 비율")
MEAN, HOURS, MINUTES = Text("mean", "평균"), Text("h", "시간"), Text("min", "분")


def draw_throughput(axes: Axes, figures: Figures, lang: str, k: float) -> None:
    """Good parts an hour; the bottleneck's stops shaded and named. `k` scales text and lines."""
    from matplotlib.ticker import MaxNLocator

    for begin, end, state in figures.spells:
        axes.axvspan(begin, end, color=LOOKS[state].colour, alpha=0.16, lw=0)
    axes.plot(figures.hours, figures.rate, color=CURVE, lw=2.0 * k)
    axes.fill_between(figures.hours, figures.rate, color=CURVE, alpha=0.10, lw=0)
    mean = figures.kpis.line["throughput"] or 0.0
    axes.axhline(mean, color=MEAN_LINE, ls="--", lw=1.0 * k)
    axes.text(
        0.99, mean, f"{MEAN.in_language(lang)} {mean:.0f}", fontsize=9 * k, color=SOFT,
        transform=axes.get_yaxis_transform(), ha="right", va="bottom",
    )  # fmt: skip
    axes.set_xlim(0.0, max(figures.t / 3600.0, 1e-6))
    axes.set_ylim(0.0, max(1.0, 1.18 * float(figures.rate.max(initial=0.0)), 1.25 * mean))
    unit, factor = (HOURS, 1.0) if figures.t >= 2 * 3600.0 else (MINUTES, 60.0)
    word = unit.in_language(lang)
    last = figures.t / 3600.0 * factor
    ticks = [x for x in MaxNLocator(6, integer=True).tick_values(0.0, last) if x <= last]
    axes.set_xticks([x / factor for x in ticks], [f"{x:g} {word}" for x in ticks])
    seen = list(dict.fromkeys(state for _, _, state in figures.spells))
    for number, state in enumerate(seen):
        word = LOOKS[state].title.in_language(lang)
        axes.text(
            1.0 - 0.30 * number, 1.05, f"■ {figures.kpis.bottleneck} {word}", fontsize=9 * k,
            transform=axes.transAxes, color=LOOKS[state].colour, ha="right", va="bottom",
        )  # fmt: skip


def draw_shares(axes: Axes, scene: Scene, figures: Figures, lang: str, k: float) -> None:
    """A bar a station, cut into groups of states."""
    names = [station.id for station in scene.line.stations]
    at = np.arange(len(names))
    base = np.zeros(len(names))
    for title, states, colour, hatch in GROUPS:
        part = figures.shares[:, list(states)].sum(axis=1)
        axes.bar(at, part, 0.8, base, color=colour, hatch=hatch, ec="white", lw=0.4 * k,
                 label=title.in_language(lang))  # fmt: skip
        base += part
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "50", "100 %"])
    crowded = len(names) > 14
    axes.set_xticks(
        at, names, fontsize=(6.5 if crowded else 8.5) * k, rotation=60 if crowded else 0
    )
    axes.legend(
        fontsize=8.5 * k, ncol=6, frameon=False, loc="lower right", bbox_to_anchor=(1.015, 0.985),
        handlelength=1.1, handletextpad=0.35, columnspacing=0.8, borderaxespad=0.1, labelcolor=SOFT,
    )  # fmt: skip
