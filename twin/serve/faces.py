"""What a line is shown with, found by name: adapters, views, keepers and tools.

They register as entry points in the groups "twin.adapters" and "twin.views". Where an older
installation or a bare source tree has no such entry point, our own are found by their place.
"""

from __future__ import annotations

from importlib import import_module, resources
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from twin.errors import TwinError
from twin.i18n import _

ADAPTERS, VIEWS, PASSWORDS = "twin.adapters", "twin.views", "twin.passwords"
KEEPERS, TOOLS = "twin.keepers", "twin.tools"
OURS = {
    (ADAPTERS, "opcua"): "opcua_server.adapter:OpcUaAdapter",
    (ADAPTERS, "opcua-machines"): "opcua_server.fleet:OpcUaFleet",
    (ADAPTERS, "http"): "twin.serve.http:HttpAdapter",
    (PASSWORDS, "opcua"): "opcua_server:hash_password",
    (KEEPERS, "pki"): "opcua_server.security.keeper:PkiKeeper",
    (KEEPERS, "users"): "opcua_server.security.keeper:UserKeeper",
    (TOOLS, "nodeset"): "opcua_server.companion.tools:nodeset_of",
    (TOOLS, "browse"): "opcua_server.companion.tools:browse",
    (TOOLS, "nodesets"): "opcua_server.companion.tools:known",
    (TOOLS, "import-nodesets"): "opcua_server.companion.tools:take",
    (VIEWS, "still"): "visual.render:still",
    (VIEWS, "scene"): "visual.scene:page_scene",
    (VIEWS, "fits"): "visual.fits:fit_report",
}


class MissingFace(TwinError):
    """An adapter or view is not part of this installation."""

    code = "missing-face"


def face(group: str, name: str) -> Any:
    """The class or function registered under a name. Raises MissingFace when there is none."""
    try:
        for entry in entry_points(group=group, name=name):
            return entry.load()
        module, _colon, attribute = OURS[group, name].partition(":")
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, KeyError) as error:
        raise MissingFace(
            _("{name} is not part of this installation: {reason}").format(name=name, reason=error)
        ) from error


def page() -> Path | None:
    """Folder of the built 3D page, where it is installed."""
    try:
        folder = Path(str(resources.files("visual"))) / "web" / "dist"
    except ImportError:
        return None
    return folder if (folder / "index.html").is_file() else None
