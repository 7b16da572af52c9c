"""typer's own words in the reader's language: those it looks up, and those it writes in English."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from twin.i18n import N_, _

LOOKED_UP = (
    N_("Options"),
    N_("Commands"),
    N_("Arguments"),
    N_("required"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("Missing command."),
    N_("No such command {name!r}."),
)


class _Spoken:
    """Help whose first word and last option are translated too."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


class SpokenCommand(_Spoken, TyperCommand):
    """A command with such help."""


class SpokenGroup(_Spoken, TyperGroup):
    """The group of commands with such help."""
