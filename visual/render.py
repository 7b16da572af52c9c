"""Stills of a line: the only module that knows PyVista.

Everything that stands still is drawn with physically based materials under an environment of
ceiling lamps; shadows are baked into the floor; text is laid over the finished picture.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import UsageError
from twin.i18n import LANGUAGES, _
from twin.line import Line
from twin.trace import Trace
from visual import furnish, opengl
from visual.camera import Camera, framed
from visual.figures import figures_at
from visual.mesh import Array, Mesh, merge
from visual.overlay import anchors, laid_over, overlay
from visual.pose import Poses, pose
from visual.scene import Place, Scene, build_scene
from visual.shadow import floor_picture
from visual.shapes import solids
from visual.shapes.materials import MATERIALS, Material
from visual.shapes.sketch import Sketch

SMALLEST, LARGEST = 320, 7680  # px
FLOOR_SCALE = 34.0  # pixels a metre of the floor's texture
LIT = {"red": "#ff2a3c", "amber": "#ffb900", "green": "#1fe07a", "blue": "#3d93ff"}
DARK = {"red": "#5a1d22", "amber": "#5c4a16", "green": "#1b4a31", "blue": "#1d3456"}
CONCRETE = np.array([206, 211, 216], np.float32)
WINDOW = (0.02, 0.98, 0.205, 0.745)  # of the whole picture, where the machines must be
AZIMUTH, ELEVATION = 30.0, 23.0  # degrees


def still(
    trace: Trace,
    t: float,
    out: str | Path,
    size: tuple[int, int] = (1920, 1080),
    language: str = "en",
    focus: str | None = None,
) -> Path:
    """Draw the line as it was at t (s) of a trace into a PNG file and return its path.

    `size` is (width, height) in pixels, `language` "en" or "ko"; `focus` names a station to look
    at. Raises FutureError when the trace does not reach t, UsageError for an unusable argument and
    MissingSystemLibrary when the machine cannot draw.
    """
    path = Path(out)
    if not path.parent.is_dir():
        raise UsageError(_("There is no folder {folder}.").format(folder=path.parent))
    return save(picture(trace, t, size, language, focus), path)


def picture(
    trace: Trace,
    t: float,
    size: tuple[int, int] = (1920, 1080),
    language: str = "en",
    focus: str | None = None,
) -> Array:
    """The picture of `still` as an array of shape (height, width, 3), 0-255."""
    line = trace.line
    check(line, size, language, focus)
    scene = scene_of(line)
    poses, figures = pose(scene, trace, t), figures_at(trace, t)
    opengl.prepare()
    camera = view(scene, size, focus)
    layer = overlay(scene, trace, poses, figures, camera, language)
    return laid_over(_draw(scene, poses, camera), layer)


def check(line: Line, size: tuple[int, int], lang: str, focus: str | None) -> None:
    """Raise UsageError for arguments no picture can be made of."""
    if not all(SMALLEST <= pixels <= LARGEST for pixels in size):
        raise UsageError(
            _("A picture is {low} to {high} pixels wide and high, not {width} × {height}.").format(
                low=SMALLEST, high=LARGEST, width=size[0], height=size[1]
            )
        )
    if lang not in LANGUAGES:
        raise UsageError(_("Pictures speak {known}, not {lang}.").format(
            known=", ".join(LANGUAGES), lang=lang))  # fmt: skip
    if focus is not None and focus not in line.station_by_id:
        raise UsageError(_("The line {line} has no station {station}.").format(
            line=line.id, station=focus))  # fmt: skip


def save(pixels: Array, path: Path) -> Path:
    """Write a picture as PNG, whole or not at all."""
    from matplotlib.image import imsave

    try:
        handle, name = tempfile.mkstemp(".png", f".{path.name}-", path.parent)
        os.close(handle)
        try:
            imsave(name, np.ascontiguousarray(pixels), format="png")
            os.chmod(name, 0o644)
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            _("Cannot write {path}: {reason}").format(path=path, reason=error.strerror or error)
        ) from error
    return path


_scenes: dict[str, Scene] = {}


def scene_of(line: Line) -> Scene:
    """The scene of a line; the last few are kept."""
    if line.digest not in _scenes:
        while len(_scenes) >= 4:
            _scenes.pop(next(iter(_scenes)))
        _scenes[line.digest] = build_scene(line)
    return _scenes[line.digest]


def view(scene: Scene, size: tuple[int, int], focus: str | None = None) -> Camera:
    """A camera that sees all machines beside header and charts, or one machine from near."""
    if focus is not None:
        return framed(scene.places[focus].corners(0.35), size, 24.0, 20.0, (0.2, 0.8, 0.26, 0.76))
    points = np.concatenate([place.corners() for place in scene.places.values()])
    points = np.concatenate([points, anchors(scene)])
    return framed(points, size, AZIMUTH, ELEVATION, WINDOW)


def _draw(scene: Scene, poses: Poses, camera: Camera) -> Array:
    import pyvista as pv

    plotter: Any = pv.Plotter(off_screen=True, window_size=list(camera.size), lighting="none")
    try:
        plotter.set_background("#e3e9ee", top="#f4f7f9")
        solid, clear = _standing(scene.line.digest)
        for material, mesh in solid.items():
            _add(plotter, mesh, MATERIALS[material])
        _add_floor(plotter, scene)
        for material, mesh in _parts(scene, poses).items():
            _add(plotter, mesh, MATERIALS[material])
        _add_states(plotter, scene, poses)
        for material, mesh in clear.items():
            _add(plotter, mesh, MATERIALS[material])
        _light(plotter, scene)
        plotter.camera.position = camera.eye
        plotter.camera.focal_point = camera.target
        plotter.camera.up = (0.0, 0.0, 1.0)
        plotter.camera.view_angle = camera.angle
        plotter.enable_anti_aliasing("ssaa")
        plotter.renderer.reset_camera_clipping_range()
        drawn: Array = plotter.screenshot(return_img=True)
    finally:
        plotter.close()
    return drawn[..., :3]


def _nodes(scene: Scene) -> list[furnish.Node]:
    return [*furnish.stations(scene), furnish.conveyors(scene), furnish.surroundings(scene)]


@lru_cache(maxsize=2)
def _standing(digest: str) -> tuple[Mapping[str, Mesh], Mapping[str, Mesh]]:
    """All that stands still in a scene, one mesh a material: solid ones, clear ones."""
    sketch = Sketch()
    for node in _nodes(_scenes[digest]):
        sketch.include(node.drawing, node.x, node.y, 0.0, node.turn)
    meshes = sketch.meshes()
    return (
        {name: mesh for name, mesh in meshes.items() if MATERIALS[name].opacity == 1.0},
        {name: mesh for name, mesh in meshes.items() if MATERIALS[name].opacity < 1.0},
    )


@lru_cache(maxsize=2)
def _floor(digest: str) -> Array:
    solid, _ = _standing(digest)
    floor = furnish.hall_plan(_scenes[digest]).floor
    grey = floor_picture(solid.values(), floor, FLOOR_SCALE)
    return np.round(grey[..., None] * CONCRETE).astype(np.uint8)


def _polydata(mesh: Mesh) -> Any:
    import pyvista as pv

    faces = np.c_[np.full(len(mesh.triangles), 3, np.int64), mesh.triangles].ravel()
    data = pv.PolyData(mesh.points, faces)
    data.point_data["Normals"] = mesh.normals
    data.point_data.active_normals_name = "Normals"
    return data


def _add(plotter: Any, mesh: Mesh, material: Material) -> None:
    if not len(mesh.points):
        return
    look: dict[str, Any] = {"lighting": False, "color": material.colour}
    if not material.lit:  # VTK's physically based shading takes the colour as light
        look = {"pbr": True, "metallic": material.metallic, "roughness": material.roughness,
                "color": material.linear}  # fmt: skip
    plotter.add_mesh(_polydata(mesh), opacity=material.opacity, smooth_shading=True, **look)


def _add_floor(plotter: Any, scene: Scene) -> None:
    import pyvista as pv

    x0, x1, y0, y1 = furnish.hall_plan(scene).floor
    plane = pv.Plane(
        center=((x0 + x1) / 2, (y0 + y1) / 2, 0.0), i_size=x1 - x0, j_size=y1 - y0,
        i_resolution=1, j_resolution=1,
    )  # fmt: skip
    points = plane.points
    plane.active_texture_coordinates = np.c_[
        (points[:, 0] - x0) / (x1 - x0), (points[:, 1] - y0) / (y1 - y0)
    ]
    texture = pv.Texture(_floor(scene.line.digest))
    texture.SetMipmap(True)
    texture.SetInterpolate(True)
    plotter.add_mesh(plane, texture=texture, lighting=False)
    beyond = pv.Plane(center=((x0 + x1) / 2, y0, -0.03), i_size=600, j_size=400)
    plotter.add_mesh(beyond, color="#ccd2d7", lighting=False)


def _parts(scene: Scene, poses: Poses) -> dict[str, Mesh]:
    """All parts, merged by material; boards of every second product are blue."""
    found: dict[str, list[Mesh]] = {}
    for odd, swap in enumerate(({}, {"board": "board blue", "plastic": "teal"})):
        mine = poses.product % 2 == odd
        if not mine.any():
            continue
        for name, mesh in furnish.parts(scene.part, poses.position[mine], poses.yaw[mine]).items():
            found.setdefault(swap.get(name, name), []).append(mesh)
    return {name: merge(meshes) for name, meshes in found.items()}


def _add_states(plotter: Any, scene: Scene, poses: Poses) -> None:
    """Stack lights, and a band on the floor around every machine in its state's colour."""
    poles, lamps = furnish.lamps(scene, {name: look.lamp for name, look in poses.states.items()})
    _add(plotter, poles, MATERIALS["dark"])
    for (name, lit), mesh in lamps.items():
        _add(plotter, mesh, Material(LIT[name], lit=True) if lit else Material(DARK[name]))
    bands: dict[tuple[str, bool], list[Mesh]] = {}
    for place in scene.places.values():
        look = poses.states[place.id]
        bands.setdefault((look.colour, look.loud), []).append(_band(place, look.loud))
    for (colour, loud), meshes in bands.items():
        _add(plotter, merge(meshes), Material(colour, opacity=0.95 if loud else 0.6, lit=True))


def _band(place: Place, loud: bool) -> Mesh:
    x, y = place.shape.size[0] / 2 + 0.20, place.shape.size[1] / 2 + 0.24
    band = solids.ring((-x, x), (-y, y), 0.012, 0.35, 0.12 if loud else 0.06)
    return band.turned(place.spot.turn).moved(place.spot.x, place.spot.y)


def _light(plotter: Any, scene: Scene) -> None:
    """Ceiling lamps as environment, a warm key from the front left, a cool fill."""
    import pyvista as pv

    rows, columns = 128, 256
    up = np.linspace(1.0, 0.0, rows)[:, None] * np.ones((1, columns))
    sky = np.where(up > 0.5, 0.52 + 0.34 * (up - 0.5) / 0.5, 0.34 + 0.20 * up)
    picture = np.stack([sky * 0.97, sky * 0.99, sky * 1.02], axis=-1)
    for k in range(8):
        picture[6:22, 12 + k * 32 : 22 + k * 32] = 1.0
    texture = pv.Texture(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))
    texture.SetMipmap(True)
    texture.SetInterpolate(True)
    texture.SetColorModeToDirectScalars()
    plotter.set_environment_texture(texture)
    plotter.renderer.SetBackgroundTexture(None)
    plotter.renderer.SetTexturedBackground(False)
    low, high = scene.bounds
    x, y = float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2
    for position, intensity, colour in (
        ((x - 14.0, y - 24.0, 30.0), 2.6, "#fff4e6"),
        ((x + 30.0, y - 12.0, 22.0), 0.7, "#dfeaff"),
        ((x, y - 30.0, 4.0), 0.25, "#ffffff"),
    ):
        plotter.add_light(
            pv.Light(position=position, focal_point=(x, y, 0.0), light_type="scene light",
                     intensity=intensity, color=colour)
        )  # fmt: skip
