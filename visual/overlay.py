"""What is written over a picture: header with key figures, two charts, a label a machine.

Drawn by matplotlib on a transparent sheet of the picture's size and laid over it, so that text is
sharp and Korean is possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.equipment.tag import Text
from twin.trace import State, Trace
from twin.units import clock
from visual import charts, labels
from visual.camera import Camera
from visual.figures import Figures
from visual.fonts import families
from visual.mesh import Array
from visual.pose import Poses
from visual.scene import Scene
from visual.shapes import stack_light

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, EDGE, PANEL = "#1d2329", charts.SOFT, "#c6ccd2", (1.0, 1.0, 1.0, 0.92)
ALARM = "#c8192e"
QUIET = "#2b3138"  # chip of a machine whose state needs no attention
# left, bottom, width, height, as shares of the picture
HEADER = (0.012, 0.898, 0.976, 0.086)
LEFT, RIGHT = (0.012, 0.020, 0.262, 0.228), (0.706, 0.020, 0.282, 0.228)
FIRST_FIGURE, LAST_FIGURE = 0.345, 0.965


def overlay(
    scene: Scene, trace: Trace, poses: Poses, figures: Figures, camera: Camera, lang: str
) -> Array:
    """The sheet as RGBA, shape (height, width, 4), 0-255."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = camera.size
    k = min(height / 1080.0, width / 1920.0)
    style: dict[Any, Any] = {
        "font.family": families(lang),
        "hatch.linewidth": 0.8 * k,
        "axes.unicode_minus": False,
    }
    with mpl.rc_context(style):
        sheet = Figure(figsize=(width / 100, height / 100), dpi=100)
        canvas = FigureCanvasAgg(sheet)
        sheet.patch.set_alpha(0.0)
        _labels(sheet, scene, poses, camera, lang, k)
        _header(sheet, scene, trace, poses, figures, lang, k)
        charts.draw_throughput(_panel(sheet, LEFT, charts.THROUGHPUT, lang, k), figures, lang, k)
        charts.draw_shares(_panel(sheet, RIGHT, charts.SHARES, lang, k), scene, figures, lang, k)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba()).copy()


def laid_over(picture: Array, sheet: Array) -> Array:
    """The picture (height, width, 3) with the sheet on it."""
    clear = sheet[..., 3:].astype(np.float32) / 255.0
    mixed = picture * (1.0 - clear) + sheet[..., :3] * clear
    return np.round(mixed).astype(np.uint8)


def _box(sheet: Figure, place: tuple[float, float, float, float]) -> None:
    from matplotlib.patches import Rectangle

    sheet.add_artist(
        Rectangle(place[:2], *place[2:], transform=sheet.transFigure, fc=PANEL, ec=EDGE, lw=1.0,
                  zorder=-5)
    )  # fmt: skip


def entries(figures: Figures, poses: Poses, lang: str) -> list[tuple[str, str, str]]:
    """Key figures as (value, name, colour)."""
    line = figures.kpis.line
    looks = list(poses.states.values())
    running = sum(look.state is State.WORKING for look in looks)
    down = [name for name, look in poses.states.items() if look.state is State.DOWN]
    named = " ".join(down[:2]) + (" …" if len(down) > 2 else "")
    rows = [
        (_percent(line["oee"]), Text("OEE %", "종합효율 %"), INK),
        (f"{line['throughput'] or 0:,.0f}", Text("parts/h", "시간당 개"), INK),
        (f"{line['finished'] or 0:,.0f}", Text("finished", "완성"), INK),
        (f"{line['scrapped'] or 0:,.0f}", Text("scrapped", "폐기"), INK),
        (f"{figures.wip:,d}", Text("in process", "재공"), INK),
        (f"{running}/{len(looks)}", Text("running", "가동 설비"), INK),
        (f"{len(down)}", Text(f"down {named}", f"고장 {named}"), ALARM if down else INK),
    ]
    return [(value, name.in_language(lang).strip(), colour) for value, name, colour in rows]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _header(
    sheet: Figure, scene: Scene, trace: Trace, poses: Poses, figures: Figures, lang: str, k: float
) -> None:
    _box(sheet, HEADER)
    line = scene.line
    sheet.text(
        0.022, 0.945, line.title.in_language(lang), fontsize=20 * k, weight="bold", color=INK
    )
    sheet.text(
        0.022, 0.911, f"{line.id}   t = {clock(poses.t)}   seed {trace.seed}",
        fontsize=12.5 * k, color=SOFT,
    )  # fmt: skip
    rows = entries(figures, poses, lang)
    step = (LAST_FIGURE - FIRST_FIGURE) / len(rows)
    for number, (value, name, colour) in enumerate(rows):
        x = FIRST_FIGURE + step * number
        sheet.text(x, 0.942, value, fontsize=22 * k, weight="bold", color=colour)
        sheet.text(x, 0.911, name, fontsize=12 * k, color=SOFT if colour == INK else colour)


def _panel(
    sheet: Figure, place: tuple[float, float, float, float], title: Text, lang: str, k: float
) -> Axes:
    _box(sheet, place)
    left, bottom, width, height = place
    axes = sheet.add_axes((left + 0.030, bottom + 0.036, width - 0.046, height - 0.098))
    axes.patch.set_alpha(0.0)
    sheet.text(left + 0.010, bottom + height - 0.031, title.in_language(lang), fontsize=13 * k,
               weight="bold", color=INK)  # fmt: skip
    axes.tick_params(labelsize=9.5 * k, length=2, colors=SOFT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#9aa3ab")
    return axes


def anchors(scene: Scene) -> Array:
    """Tip of every station's stack light, (n, 3)."""
    up = np.array([0.0, 0.0, stack_light.HEIGHT + 0.04])
    return np.array([place.lamp for place in scene.places.values()]) + up


def _labels(sheet: Figure, scene: Scene, poses: Poses, camera: Camera, lang: str, k: float) -> None:
    texts = [
        (f"{place.id}  {place.title.in_language(lang)}", poses.states[place.id].label(lang))
        for place in scene.places.values()
    ]
    sizes = [_size(sheet, first, second, k) for first, second in texts]
    seen = camera.project(anchors(scene))
    wanted = [
        labels.Label(x, y, depth, *size)
        for (x, y, depth), size in zip(seen.tolist(), sizes, strict=True)
    ]
    taken = [_pixels(place, camera.size) for place in (HEADER, LEFT, RIGHT)]
    spots = labels.settle(wanted, taken, camera.size, 12.0 * k)
    for name, words, label, spot in zip(scene.places, texts, wanted, spots, strict=True):
        if spot is not None:
            look = poses.states[name]
            fill, ink = (look.colour, look.ink) if look.loud else (QUIET, "#ffffff")
            state = ink if look.loud else _tint(look.colour)
            _chip(sheet, spot, label, camera.size, fill, k)
            _write(sheet, spot, words, camera.size, (ink, state), k)


def _write(
    sheet: Figure, spot: labels.Rect, words: tuple[str, str], size: tuple[int, int],
    inks: tuple[str, str], k: float,
) -> None:  # fmt: skip
    width, height = size
    left = (spot.left + 8 * k) / width
    sheet.text(left, 1 - (spot.top + 5 * k) / height, words[0], fontsize=10.5 * k, color=inks[0],
               va="top", weight="bold")  # fmt: skip
    sheet.text(left, 1 - (spot.bottom - 5 * k) / height, words[1], fontsize=10 * k, color=inks[1],
               va="bottom", weight="bold")  # fmt: skip


def _tint(colour: str) -> str:
    """A light shade of a colour, to be read on the dark chip."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{int(c + (255 - c) * 0.55):02x}" for c in channels)


def _size(sheet: Figure, first: str, second: str, k: float) -> tuple[float, float]:
    renderer: Any = sheet.canvas.get_renderer()  # type: ignore[attr-defined]
    widths = []
    for text, size in ((first, 10.5), (second, 10.0)):
        probe = sheet.text(0, 0, text, fontsize=size * k, weight="bold")
        widths.append(probe.get_window_extent(renderer).width)
        probe.remove()
    return max(widths) + 16 * k, 44 * k


def _pixels(place: tuple[float, float, float, float], size: tuple[int, int]) -> labels.Rect:
    left, bottom, width, height = place
    w, h = size
    return labels.Rect(left * w, (1 - bottom - height) * h, (left + width) * w, (1 - bottom) * h)


def _chip(
    sheet: Figure,
    spot: labels.Rect,
    label: labels.Label,
    size: tuple[int, int],
    fill: str,
    k: float,
) -> None:
    """The label's field, and a line from it down to the machine."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import FancyBboxPatch
    from matplotlib.transforms import Affine2D

    pixels = Affine2D().scale(1, -1).translate(0, size[1])
    x = min(max(label.x, spot.left + 4), spot.right - 4)
    sheet.add_artist(
        Line2D([x, label.x], [spot.bottom, label.y], transform=pixels, color=fill, lw=1.4 * k,
               alpha=0.9)
    )  # fmt: skip
    sheet.add_artist(
        FancyBboxPatch(
            (spot.left, spot.top), spot.right - spot.left, spot.bottom - spot.top,
            boxstyle=f"round,pad=0,rounding_size={5 * k}", transform=pixels, fc=fill,
            ec=(1, 1, 1, 0.6), lw=0.8 * k, alpha=0.94,
        )
    )  # fmt: skip
