"""Labels, header and charts drawn over a picture with matplotlib; positions in pixels of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from twin.equipment.tag import Text
from twin.trace import State, Trace
from visual.figures import Figures
from visual.fonts import font_file
from visual.mesh import Array
from visual.states import LOOKS, Look

INK, QUIET, EDGE, ALARM, BLUE = "#1d2329", "#56606a", "#c6ccd2", "#c8192e", "#1f5fa8"
HEADER = 0.095  # part of the picture's height
PANEL = (0.262, 0.225)  # width and height of a chart panel
ORDER = (State.WORKING, State.SETUP, State.HELD, State.STARVED, State.BLOCKED, State.DOWN,
         State.STOPPED, State.IDLE)  # fmt: skip
QUIET_BARS = {State.WORKING: "#6b8f9c", State.IDLE: "#d4dade", State.STOPPED: "#9aa4ac"}
WORDS = {
    "oee": Text("OEE", "설비종합효율"),
    "rate": Text("throughput", "시간당 생산량"),
    "finished": Text("finished", "완성"),
    "scrapped": Text("scrapped", "폐기"),
    "wip": Text("in the line", "재공"),
    "energy": Text("energy", "전력량"),
    "down": Text("down", "고장 설비"),
    "throughput": Text("Throughput [boards/h]", "시간당 생산량 [개/h]"),
    "parts": Text("Throughput [parts/h]", "시간당 생산량 [개/h]"),
    "shares": Text("Time in each state [%]", "상태별 시간 비율 [%]"),
    "time": Text("time [h]", "시간 [h]"),
    "mean": Text("mean", "평균"),
    "at": Text("at", "시각"),
    "seed": Text("seed", "시드"),
}


class Tag(NamedTuple):
    """A station's label: where its stack light ends in the picture, px."""

    id: str
    title: str
    look: Look
    x: float
    y: float


def overlay(
    picture: Array, trace: Trace, figures: Figures, tags: Sequence[Tag], language: str
) -> Array:
    """The picture (rows, columns, 3) with everything written on it."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows, columns = picture.shape[:2]
    with matplotlib.rc_context({"font.family": _families(language), "axes.unicode_minus": False,
                                "hatch.linewidth": 0.8}):  # fmt: skip
        figure = Figure(figsize=(columns / 100, rows / 100), dpi=100)
        canvas = FigureCanvasAgg(figure)
        figure.patch.set_alpha(0.0)
        page = _Page(figure, canvas.get_renderer(), columns, rows, language)
        page.header(trace, figures)
        page.throughput(figures)
        page.shares(trace, figures)
        page.labels(tags)
        canvas.draw()
        layer = np.asarray(canvas.buffer_rgba()).astype(np.float32)
    alpha = layer[..., 3:] / 255.0
    return (picture * (1.0 - alpha) + layer[..., :3] * alpha).round().astype(np.uint8)


def _families(language: str) -> list[str]:
    from matplotlib import font_manager

    names = []
    for bold in (False, True):
        path = font_file(language, bold)
        if path is not None:
            font_manager.fontManager.addfont(path)
            names.append(font_manager.FontProperties(fname=path).get_name())
    return [*dict.fromkeys(names), "DejaVu Sans"]


class _Page:
    """What is drawn, in parts of the picture; sizes grow with its height."""

    def __init__(self, figure: Any, renderer: Any, columns: int, rows: int, language: str) -> None:
        self.figure, self.renderer = figure, renderer
        self.columns, self.rows, self.language = columns, rows, language
        self.scale = min(rows / 1080, columns / 1920)

    def say(self, word: str) -> str:
        return WORDS[word].in_language(self.language)

    def text(self, x: float, y: float, text: str, size: float, **more: Any) -> Any:
        more.setdefault("color", INK)
        return self.figure.text(x, y, text, fontsize=size * self.scale, **more)

    def card(self, x: float, y: float, width: float, height: float) -> None:
        from matplotlib.patches import FancyBboxPatch

        radius = 0.006
        self.figure.patches.append(
            FancyBboxPatch(
                (x + radius, y + radius), width - 2 * radius, height - 2 * radius,
                boxstyle=f"round,pad={radius}", transform=self.figure.transFigure,
                mutation_aspect=self.columns / self.rows,
                fc=(1, 1, 1, 0.92), ec=EDGE, lw=1.0, zorder=-5,
            )
        )  # fmt: skip

    def header(self, trace: Trace, f: Figures) -> None:
        """Line, instant and KPIs."""
        line, lang = trace.line, self.language
        bottom = 1.0 - 0.016 - HEADER
        self.card(0.010, bottom, 0.980, HEADER)
        self.text(0.022, bottom + 0.054, line.title.in_language(lang), 20, weight="bold")
        where = f"{line.id}   {self.say('at')} {clock(f.t)}   {self.say('seed')} {trace.seed}"
        self.text(0.022, bottom + 0.020, where, 12.5, color=QUIET)
        k = f.kpis.line
        rows = [
            ("oee", percent(k["oee"]), "%"),
            ("rate", number(k["throughput"]), "/h"),
            ("finished", f"{f.finished:,}", ""),
            ("scrapped", f"{f.scrapped:,}", ""),
            ("wip", f"{f.wip:,}", ""),
            ("energy", number(k["energy"]), "kWh"),
            ("down", f"{len(f.down)}", " ".join(f.down)),
        ]
        for i, (word, value, unit) in enumerate(rows):
            x = 0.365 + i * 0.089
            colour = ALARM if word == "down" and f.down else INK
            self.text(x, bottom + 0.048, value, 22, weight="bold", color=colour)
            self.text(x, bottom + 0.020, f"{self.say(word)}  {unit}", 12, color=QUIET)

    def axes(self, x: float, title: str) -> Any:
        """A panel at the bottom with axes in it."""
        width, height = PANEL
        self.card(x, 0.018, width, height)
        axes = self.figure.add_axes((x + 0.032, 0.018 + 0.042, width - 0.045, height - 0.092))
        axes.patch.set_alpha(0.0)
        axes.set_title(title, fontsize=13 * self.scale, loc="left", weight="bold", color=INK,
                       pad=9 * self.scale)  # fmt: skip
        axes.tick_params(labelsize=10 * self.scale, length=2.5, colors=QUIET)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color("#9aa3ab")
        return axes

    def throughput(self, f: Figures) -> None:
        """Good parts an hour, window by window."""
        axes = self.axes(0.010, self.say("parts"))
        hours = f.edges / 3600.0
        axes.stairs(f.rate, hours, fill=True, color=BLUE, alpha=0.16)
        axes.stairs(f.rate, hours, color=BLUE, lw=2.2 * self.scale, baseline=None)
        mean = f.kpis.line["throughput"] or 0.0
        axes.axhline(mean, color="#8b949c", ls="--", lw=1.2 * self.scale)
        axes.set_xlim(0, max(hours[-1], 1e-6))
        axes.set_ylim(0, max(float(f.rate.max()) * 1.18, 1.0))
        axes.text(hours[-1], mean, f"{self.say('mean')} {mean:.0f}", fontsize=10 * self.scale,
                  color=QUIET, ha="right", va="bottom")  # fmt: skip
        axes.set_xlabel(self.say("time"), fontsize=10 * self.scale, color=QUIET, labelpad=1)

    def shares(self, trace: Trace, f: Figures) -> None:
        """Share of time each station spent in each state: colour, hatching and words."""
        axes = self.axes(0.990 - PANEL[0], self.say("shares"))
        names = [s.id for s in trace.line.stations]
        base = np.zeros(len(names))
        for state in ORDER:
            share = 100.0 * f.shares[:, state]
            if share.max() < 0.05:
                continue
            look = LOOKS[state]
            axes.bar(
                range(len(names)), share, bottom=base, width=0.78, hatch=look.hatch * 2,
                color=QUIET_BARS.get(state, look.colour), ec="white", lw=0.4,
                label=look.title.in_language(self.language).lower(),
            )  # fmt: skip
            base += share
        axes.set_ylim(0, 100)
        axes.set_xlim(-0.6, len(names) - 0.4)
        slant = 38 if len(names) > 9 else 0
        axes.set_xticks(range(len(names)), names, fontsize=9 * self.scale, rotation=slant,
                        ha="right" if slant else "center", rotation_mode="anchor")  # fmt: skip
        axes.legend(
            fontsize=8.5 * self.scale, ncol=4, frameon=False, loc="lower right",
            bbox_to_anchor=(1.02, 0.985), handlelength=1.5, columnspacing=0.9, handletextpad=0.4,
            labelspacing=0.2, borderpad=0.1, labelcolor=QUIET,
        )  # fmt: skip

    def labels(self, tags: Sequence[Tag]) -> None:
        """A chip a station with id, title and state, moved up where they would cover each other."""
        taken: list[tuple[float, float, float, float]] = []
        for tag in sorted(tags, key=lambda tag: -tag.y):
            self._label(tag, taken)

    def _label(self, tag: Tag, taken: list[tuple[float, float, float, float]]) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import FancyBboxPatch

        unit = self.scale
        head = self._words(f"{tag.id}  {tag.title}", 12.5 * unit, "bold")
        state = self._words(tag.look.label(self.language), 11.5 * unit, "bold")
        pad = 7 * unit
        width = max(head[1], state[1]) + 2 * pad
        high = head[2] + state[2] + 2.6 * pad
        x = min(max(tag.x - 0.35 * width, 6), self.columns - width - 6)
        y = self._free(x, tag.y - 26 * unit - high, width, high, taken)
        taken.append((x, y, x + width, y + high))
        bottom = self.rows - y - high
        chip = tag.look.colour if tag.look.loud else "#2b3138"
        ink = tag.look.ink if tag.look.loud else "#ffffff"
        self.figure.lines.append(
            Line2D([tag.x, tag.x], [self.rows - tag.y, bottom], color=chip, lw=1.6 * unit, alpha=0.9)
        )
        self.figure.patches.append(
            FancyBboxPatch((x, bottom), width, high, boxstyle=f"round,pad=0,rounding_size={5 * unit}",
                           fc=chip, ec=(1, 1, 1, 0.7), lw=1.0, alpha=0.94)
        )  # fmt: skip
        for text, level, colour in (
            (head[0], bottom + pad * 1.5 + state[2], ink),
            (state[0], bottom + pad, ink if tag.look.loud else "#c9d2d9"),
        ):
            text.set_position((x + pad, level))
            text.set_color(colour)
            text.set_zorder(6)
            self.figure.texts.append(text)

    def _words(self, words: str, size: float, weight: str) -> tuple[Any, float, float]:
        """A text and its width and height, px; not yet in the figure."""
        from matplotlib.text import Text as Words

        text = Words(0, 0, words, fontsize=size, weight=weight, va="baseline")
        text.set_figure(self.figure)
        box = text.get_window_extent(self.renderer)
        return text, box.width, size * 1.05

    def _free(
        self, x: float, y: float, width: float, high: float,
        taken: list[tuple[float, float, float, float]],
    ) -> float:  # fmt: skip
        """The lowest row at or above y where a label of this size covers no other."""
        gap = 5 * self.scale
        moved = True
        while moved:
            moved = False
            for left, top, right, bottom in taken:
                if left < x + width + gap and x < right + gap and top < y + high + gap and y < bottom + gap:
                    y = top - high - gap - 0.01
                    moved = True
        return max(y, self.rows * (0.016 + HEADER) + gap)


def clock(t: float) -> str:
    """Seconds as h:mm:ss."""
    whole = int(t)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def percent(value: float | None) -> str:
    """A ratio in per cent; a dash when there is none."""
    return "–" if value is None else f"{100.0 * value:.1f}"


def number(value: float | None) -> str:
    """A number of readable length; a dash when there is none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"
