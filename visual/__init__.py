"""The line as a picture: geometry, poses at an instant, glTF for the page, and stills."""

from visual.scene import build_scene
from visual.scene import page_scene as web_scene

__all__ = ["build_scene", "web_scene"]
