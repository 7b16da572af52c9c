"""`twin opcua`: a line's NodeSet, the tree of a server, and published NodeSets that are imported.

What is done is found by name: only the OPC UA server knows address spaces.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from twin.errors import UsageError
from twin.i18n import _
from twin.serve.faces import TOOLS, face


class OpcuaAction(StrEnum):
    """What `twin opcua` does."""

    NODESET = "nodeset"
    BROWSE = "browse"
    NODESETS = "nodesets"


def _opcua(
    action: Annotated[OpcuaAction, typer.Argument(help=_("What to do."))],
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LINE|ENDPOINT]",
            help=_("nodeset: a line; browse: a line or opc.tcp://…; nodesets: import DIR."),
        ),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, help=_("Levels of the tree."))] = 5,
) -> None:
    words = what or []
    if action is OpcuaAction.NODESETS:
        _nodesets(words)
        return
    if len(words) != 1:
        raise UsageError(_("{action}: expected a line").format(action=action.value))
    if action is OpcuaAction.NODESET:
        typer.echo(face(TOOLS, "nodeset")(_line(words[0])), nl=False)
        return
    where = words[0] if words[0].startswith("opc.tcp://") else _line(words[0])
    try:
        for text in face(TOOLS, "browse")(where, depth):
            typer.echo(text)
    except OSError as error:
        raise UsageError(
            _("{address} does not answer: {reason}").format(
                address=words[0], reason=error.strerror or type(error).__name__
            )
        ) from error


def _line(name: str) -> object:
    from twin.line.loading import load

    return load(name)


def _nodesets(words: list[str]) -> None:
    from twin.cli.lookup import print_table, show

    if not words:
        titles = (_("name"), _("document"), _("version"), _("namespace"), _("texts"))
        rows = [[*row[:4], _("imported") if row[4] else ""] for row in face(TOOLS, "nodesets")()]
        print_table(titles, rows)
        return
    if words[0] != "import" or len(words) != 2:
        raise UsageError(_("nodesets: expected nothing, or import and a folder"))
    folder = Path(words[1])
    if not folder.exists():
        raise UsageError(_("there is no folder {folder}").format(folder=folder))
    results = face(TOOLS, "import-nodesets")(folder)
    for one in results:
        if one.name:
            show(f"{one.file.name}: {one.name} {one.version}")
        else:
            show(_("{file}: not taken: {reason}").format(file=one.file.name, reason=one.reason))
    if not any(one.name for one in results):
        raise UsageError(_("{folder}: no NodeSet was imported").format(folder=folder))
