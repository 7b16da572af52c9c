"""The commands: names, arguments, options and help. What they do is in the modules they import.

Annotations stay texts until typer reads them, so `_` in them speaks the language of that moment.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from twin.cli.access import _pki, _users
from twin.cli.guard import guarded
from twin.cli.judging import _judge
from twin.cli.opcua import _opcua
from twin.cli.options import (
    By,
    Format,
    Lang,
    alarm_script,
    dirt,
    fault,
    force,
    level,
    scenario,
    seed,
    source,
    until,
)
from twin.cli.replaying import _replay
from twin.cli.serving import _serve
from twin.cli.spoken import SpokenCommand, SpokenGroup
from twin.i18n import N_, _


def _lines() -> None:
    from twin.cli import lookup

    lookup.lines()


def _check(name: Annotated[str, scenario()]) -> None:
    from twin.cli import lookup

    lookup.check(name)


def _tags(
    name: Annotated[str, scenario()],
    pattern: Annotated[
        str, typer.Argument(metavar="GLOB", help=_("Only tags of this pattern, as in 'RFL.*'."))
    ] = "*",
) -> None:
    from twin.cli import lookup

    lookup.tags(name, pattern)


def _faults(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[ID|FILE]", help=_("Only the faults of this line.")),
    ] = None,
) -> None:
    from twin.cli import lookup

    lookup.faults(name)


def _alarms(
    name: Annotated[str, typer.Argument(metavar="DIR|ID|FILE", help=_("A run, or a line."))],
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON for programs."))] = False,
) -> None:
    from twin.cli import bells

    bells.alarms(name, as_json)


def _levels(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[ID|FILE]", help=_("Count the tags of this line.")),
    ] = None,
) -> None:
    from twin.cli import field

    field.levels(name)


def _dirt() -> None:
    from twin.cli import field

    field.dirt()


def _sheet(
    name: Annotated[str, source()],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help=_("The sheet, a .csv; its truth beside."))
    ],
    epoch: Annotated[
        str | None,
        typer.Option("--epoch", metavar="DATE", help=_("Date and time (UTC) of simulated 0.")),
    ] = None,
    duration: Annotated[str, until(_(" Not for a run folder."))] = "24h",
    seed: Annotated[int, seed()] = 0,
    fault: Annotated[list[str] | None, fault()] = None,
    force: Annotated[bool, force()] = False,
) -> None:
    from twin.cli import dataset

    dataset.sheet(dataset.Source(name, duration, seed, fault or ()), out, epoch, force)


def _trace(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help=_("A run folder."))],
    part: Annotated[
        str | None,
        typer.Option("--part", metavar="N", help=_("What is in this part (number or serial).")),
    ] = None,
    lot: Annotated[
        int | None, typer.Option("--lot", metavar="L", help=_("Which parts this lot went into."))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON for programs."))] = False,
) -> None:
    from twin.cli import ancestry

    ancestry.trace(folder, part, lot, as_json)


def _recipe(
    name: Annotated[str, scenario()],
    product: Annotated[
        str | None, typer.Option("--product", metavar="NAME", help=_("Only this product's."))
    ] = None,
) -> None:
    from twin.cli import recipes

    recipes.recipe(name, product)


def _batch(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help=_("A run folder."))],
    batch: Annotated[
        int | None, typer.Option("--batch", metavar="N", help=_("The batch's number; else all."))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON for programs."))] = False,
) -> None:
    from twin.cli import recipes

    recipes.batch(folder, batch, as_json)


def _calibrate(
    name: Annotated[str, scenario()],
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="[KIND=]FILE",
            help=_("A table of cycles, stops or telemetry, CSV; may be given more than once."),
        ),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OWN=NAME", help=_("Your name of a station, product, stop.")),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help=_("The calibrated scenario, a .yaml."))
    ] = Path("my-line.yaml"),
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help=_("A report with plots, an .html.")),
    ] = None,
    example: Annotated[
        Path | None,
        typer.Option(
            "--example",
            metavar="DIR",
            help=_("Write example tables of the simulated line there instead."),
        ),
    ] = None,
    duration: Annotated[str, until(_(" For --example."))] = "40h",
    seed: Annotated[int, seed()] = 0,
    force: Annotated[bool, force()] = False,
) -> None:
    from twin.cli import calibration

    if example is not None:
        calibration.example(name, example, duration, seed)
    else:
        calibration.calibrate(name, data or (), names or (), out, report, force)


def _schema() -> None:
    from twin.cli import lookup

    lookup.schema()


def _run(
    name: Annotated[str, scenario()],
    duration: Annotated[str, until("")] = "8h",
    seed: Annotated[int, seed()] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=_("Keep the run in this new folder.")),
    ] = None,
    fault: Annotated[list[str] | None, fault()] = None,
    recipe: Annotated[
        Path | None,
        typer.Option(
            "--recipe", metavar="FILE", help=_("Control recipes, as `twin recipe` prints them.")
        ),
    ] = None,
    alarms: Annotated[Path | None, alarm_script()] = None,
    force: Annotated[bool, force()] = False,
) -> None:
    from twin.cli import simulate

    simulate.run(name, duration, seed, out, fault or (), force, recipe, alarms)


def _kpi(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help=_("A run folder."))],
    by: Annotated[
        By | None, typer.Option("--by", help=_("A row for each of these instead of the whole."))
    ] = None,
    station: Annotated[
        str | None, typer.Option("--station", metavar="ID", help=_("Only this station."))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON for programs."))] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=_("Print every value as a row of CSV."))
    ] = False,
) -> None:
    from twin.cli import simulate

    simulate.kpi(folder, None if by is None else by.value, station, as_json, as_csv)


def _export(
    name: Annotated[str, source()],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help=_("The data set; its companions lie beside it.")
        ),
    ],
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help=_("Time between two rows."))
    ] = "1s",
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tags",
            metavar="GLOB",
            help=_("Only tags of this pattern, as in 'RFL.*'. May be repeated."),
        ),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help=_("Simulated time of the first row."))
    ] = "0s",
    stop: Annotated[
        str | None,
        typer.Option("--to", metavar="TIME", help=_("Simulated time before which rows end.")),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", help=_("File format; else the ending of the file decides.")),
    ] = None,
    epoch: Annotated[
        str | None,
        typer.Option("--epoch", metavar="DATE", help=_("Date and time (UTC) of simulated 0.")),
    ] = None,
    licence: Annotated[
        str,
        typer.Option(
            "--licence",
            metavar="TEXT",
            help=_("Licence named in the data sheet; else the scenario's."),
        ),
    ] = "",
    dirt: Annotated[str, dirt()] = "clean",
    level: Annotated[int | None, level()] = None,
    records: Annotated[
        bool,
        typer.Option(
            "--records",
            help=_("One row a value that arrived, instead of a grid; --dirt and --level imply it."),
        ),
    ] = False,
    duration: Annotated[str, until(_(" Not for a run folder."))] = "8h",
    seed: Annotated[int, seed()] = 0,
    fault: Annotated[list[str] | None, fault()] = None,
    force: Annotated[bool, force()] = False,
) -> None:
    from twin.cli import dataset

    file_format = format.value if format else None
    source = dataset.Source(name, duration, seed, fault or ())
    sheet = dataset.Wanted(
        out, every, tags or ["*"], start, stop, file_format, epoch, licence, dirt, level, records
    )
    dataset.export(source, sheet, force)


def _view(
    name: Annotated[str, source()],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=_("The picture, a .png."))],
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help=_("Simulated time to show."))
    ] = "1h",
    seed: Annotated[int, seed()] = 0,
    fault: Annotated[list[str] | None, fault()] = None,
) -> None:
    from twin.cli import picture

    picture.view(name, out, at, seed, fault or ())


LINE = "electronics/smt-v1"
COMMANDS: tuple[tuple[str, Callable[..., None], str, str], ...] = (
    ("lines", _lines, N_("List the shipped lines."), "twin lines"),
    (
        "check",
        _check,
        N_("Say everything that is wrong with a scenario file."),
        "twin check my-line.yaml",
    ),
    (
        "run",
        _run,
        N_("Run a line as fast as it goes and show its key figures."),
        f"twin run {LINE} --for 8h --seed 1 --fault E-Z8@2h --out runs/a",
    ),
    ("kpi", _kpi, N_("Show the key figures of a run."), "twin kpi runs/a --by shift"),
    (
        "trace",
        _trace,
        N_("Trace a part back to the lots in it, or a lot forward to the parts it is in."),
        "twin trace runs/a --part 12",
    ),
    (
        "export",
        _export,
        N_("Write what the sensors showed as a data set. Its truth goes to files of its own."),
        "twin export runs/a --every 1s --tags 'RFL.*' --from 1h --to 2h --out oven.parquet",
    ),
    (
        "serve",
        _serve,
        N_("Run a line live: OPC UA, REST, a 3D view. Ctrl-C ends it."),
        f"twin serve {LINE} --speed 60",
    ),
    (
        "replay",
        _replay,
        N_("Show a recorded live run to clients again: same values, same times."),
        "twin replay runs/a --opcua-port 4840",
    ),
    (
        "view",
        _view,
        N_("Draw a picture of a line at an instant."),
        f"twin view {LINE} --at 2h --out line.png",
    ),
    ("tags", _tags, N_("List the tags of a line."), f"twin tags {LINE} 'RFL.*'"),
    (
        "faults",
        _faults,
        N_("List the faults of a line, or of every kind of machine."),
        f"twin faults {LINE}",
    ),
    (
        "alarms",
        _alarms,
        N_("List the alarms of a line, or when they came and went in a run."),
        "twin alarms runs/a",
    ),
    (
        "dirt",
        _dirt,
        N_("List the dirt profiles of a plant network, with figures and sources."),
        "twin dirt",
    ),
    (
        "levels",
        _levels,
        N_("List what each level of digitalisation shows and hides."),
        f"twin levels {LINE}",
    ),
    (
        "sheet",
        _sheet,
        N_("Write the shift sheets of a run: level 0, on paper. The truth goes beside."),
        "twin sheet runs/a --out sheet.csv",
    ),
    (
        "recipe",
        _recipe,
        N_("Print the recipes of a line as JSON, to change and to run."),
        "twin recipe chemical/coating-v1 --product white > white.json",
    ),
    (
        "batch",
        _batch,
        N_("Show the record of a batch: phases, set and actual values."),
        "twin batch runs/a --batch 3",
    ),
    (
        "calibrate",
        _calibrate,
        N_("Fit a line to your own records of cycles and stops."),
        f"twin calibrate {LINE} --data cycles.csv --data stops.csv --out my-line.yaml",
    ),
    (
        "pki",
        _pki,
        N_("Show and change which certificates the OPC UA server trusts."),
        "twin pki trust client.der",
    ),
    (
        "users",
        _users,
        N_("List, add and remove users of the OPC UA server."),
        "twin users add olga --role operator",
    ),
    (
        "opcua",
        _opcua,
        N_("Write a line's NodeSet, show the tree of a server, import published NodeSets."),
        f"twin opcua nodeset {LINE} > line.NodeSet2.xml",
    ),
    (
        "judge",
        _judge,
        N_("Judge an MES, a gateway or an AI solution against the truth."),
        "twin judge init --kind mes > plan.yaml",
    ),
    (
        "schema",
        _schema,
        N_("Print the JSON Schema of scenario files."),
        "twin schema > scenario.schema.json",
    ),
)
WIDE = {"max_content_width": 100}


def _version(wanted: bool) -> None:
    if wanted:
        from twin.version import __version__

        typer.echo(f"twin {__version__}")
        raise typer.Exit


def _root(
    lang: Annotated[
        Lang | None,
        typer.Option("--lang", help=_("Language of messages and help; else LANG decides.")),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help=_("Show where an unexpected error came from."))
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=_("Print the version.")),
    ] = False,
) -> None:
    guarded.debug = debug


def assemble() -> typer.Typer:
    """The commands with their help in the active language."""
    app = typer.Typer(
        cls=SpokenGroup,
        rich_markup_mode=None,  # its import alone takes the time `twin --help` may take
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings=WIDE,
        help=_("Simulated production lines for testing factory software."),
    )
    app.callback()(_root)
    for name, function, text, example in COMMANDS:
        app.command(
            name,
            cls=SpokenCommand,
            context_settings=WIDE,
            help=_(text),
            epilog=_("Example: {command}").format(command=example),
        )(guarded(function))
    return app
