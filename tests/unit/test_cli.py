"""The commands in this process: what they show, what they refuse, and in which language."""

from __future__ import annotations

import csv
import json
import re

import pytest
from typer.testing import CliRunner

import twin
from twin import cli
from twin.cli import _globals_first, console
from twin.cli.simulate import injections
from twin.errors import UsageError
from twin.i18n import set_language
from twin.serve import faces
from twin.trace import Command
from twin.trace.store import open_run

SMALL = "examples/three-stations-v1"
SMT = "electronics/smt-v1"
COMMANDS = (
    "lines",
    "check",
    "run",
    "kpi",
    "export",
    "serve",
    "view",
    "tags",
    "faults",
    "schema",
    "trace",
)


def invoke(*words):
    return CliRunner().invoke(cli.build(), _globals_first(list(words)), prog_name="twin")


def ok(*words):
    done = invoke(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*words, status=2):
    done = invoke(*words)
    assert done.exit_code == status, done.output
    assert "Traceback" not in done.output
    return done.stderr


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "a"
    set_language("en")
    ok("run", SMALL, "--for", "2h", "--seed", "3", "--out", str(folder))
    return folder


def test_help_names_every_command_and_every_command_has_help():
    text = ok("--help")
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S", text, re.MULTILINE)
        assert "Example: twin " + name in ok(name, "--help")


def test_help_and_messages_are_in_the_language_that_is_active():
    set_language("ko")
    text = ok("run", "--help")
    for korean in ("사용법", "옵션", "인자"):
        assert korean in text
    assert not re.search(r"^(Usage|Options|Arguments)", text, re.MULTILINE)
    set_language("en")
    assert ok("run", "--help").startswith("Usage: twin run")


def test_global_options_may_stand_anywhere():
    words = ["run", "x", "--debug", "--lang", "ko", "--", "--lang"]
    assert _globals_first(words) == ["--debug", "--lang", "ko", "run", "x", "--", "--lang"]
    assert _globals_first(["lines", "--lang=ko"]) == ["--lang=ko", "lines"]
    assert ok("lines", "--lang", "en")


def test_version_is_printed():
    assert ok("--version") == f"twin {twin.__version__}\n"


def test_lines_lists_every_shipped_line():
    text = ok("lines")
    assert text.splitlines()[0].split() == ["Line", "Version", "Title"]
    for name in (SMALL, SMT):
        assert name in text


def test_check_says_ok_or_everything_that_is_wrong(tmp_path):
    assert ok("check", SMT).startswith(f"{SMT}: OK. 12 stations")
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "schema: 1\nid: a/b-v1\nstations:\n  A:\n    cycle: -3 s\n    to: B\n    x: 1\n"
    )
    said = refused("check", str(file))
    assert re.search(rf"{file}:5: .*expected .* found", said)
    assert re.search(rf"{file}:7: .*expected .* found", said)
    assert "problems" in said
    assert "no such file" in refused("check", str(tmp_path / "none.yaml"))


def test_run_shows_key_figures_and_keeps_the_run(saved):
    text = ok("run", SMALL, "--for", "2h", "--seed", "3")
    figures = twin.kpi(open_run(saved))
    assert f"({SMALL}), 02:00:00" in text
    assert re.search(rf"^Good parts finished +{figures.line['finished']:.0f}$", text, re.MULTILINE)
    for name in figures.stations:
        assert re.search(rf"^{name} +", text, re.MULTILINE)
    trace = twin.run(twin.load(SMALL), "2h", seed=3)
    assert open_run(saved).digest == trace.digest


def test_run_injects_faults(tmp_path):
    ok("run", SMT, "--for", "20min", "--fault", "E-Z8@10min*0.5", "--out", str(tmp_path / "a"))
    assert open_run(tmp_path / "a").journal == (
        Command("fault", "E-Z8", 0.5, "instructor", "cli", 600.0),
    )


def test_kpi_shows_the_same_as_a_table_and_as_json(saved):
    assert ok("kpi", str(saved)) == ok("run", SMALL, "--for", "2h", "--seed", "3")
    figures = json.loads(ok("kpi", str(saved), "--json"))
    assert figures["duration_s"] == 7200.0
    assert figures == json.loads(json.dumps(twin.kpi(open_run(saved)).as_dict()))


def test_kpi_by_hour_is_a_row_an_hour_of_the_line_or_of_a_station(saved):
    found = twin.kpi(open_run(saved), by="hour").periods
    text = ok("kpi", str(saved), "--by", "hour")
    assert [line.split()[0] for line in text.splitlines()[-2:]] == ["00:00:00", "01:00:00"]
    body = json.loads(ok("kpi", str(saved), "--by", "hour", "--json"))
    assert [p["line"]["finished"] for p in body["periods"]] == [
        p.kpis.line["finished"] for p in found
    ]
    rows = list(csv.DictReader(ok("kpi", str(saved), "--by", "hour", "--csv").splitlines()))
    value = {(row["period"], row["place"], row["kpi"]): row["value"] for row in rows}
    assert float(value["01:00:00", "saw", "oee"]) == found[1].kpis.stations["saw"]["oee"]
    one = ok("kpi", str(saved), "--by", "hour", "--station", "saw", "--csv").splitlines()[1:]
    assert one
    assert all(",saw," in row for row in one)
    whole = ok("kpi", str(saved), "--csv").splitlines()
    assert len(whole) < len(rows)


def test_kpi_says_what_it_cannot_tell_apart(saved):
    assert "has no calendar" in refused("kpi", str(saved), "--by", "shift")
    assert "stations are saw, mill, polish" in refused("kpi", str(saved), "--station", "bend")
    assert "either --json or --csv" in refused("kpi", str(saved), "--json", "--csv")


def test_kpi_of_a_line_in_shifts_and_with_costs(tmp_path):
    ok("run", SMT, "--for", "10h", "--out", str(tmp_path / "a"))
    text = ok("kpi", str(tmp_path / "a"), "--by", "shift")
    assert re.search(r"^2026-03-09 day +Day shift +2026-03-09T06:00\+09:00", text, re.MULTILINE)
    assert "KRW" in text
    assert "KRW" in ok("kpi", str(tmp_path / "a"), "--station", "PNP1")


def test_export_takes_a_run_or_a_line(saved, tmp_path):
    out = tmp_path / "a.csv"
    asked = ("--every", "1min", "--tags", "Line.*", "--from", "1h", "--to", "2h", "--out")
    done = invoke("export", str(saved), *asked, str(out))
    assert done.exit_code == 0, done.output
    assert "60 rows of 3 tags" in done.stderr
    assert out.read_text().count("\n") == 61
    again = tmp_path / "b" / "a.csv"
    ok("export", SMALL, *asked, str(again), "--for", "2h", "--seed", "3")
    for file in tmp_path.glob("a*"):
        assert (again.parent / file.name).read_bytes() == file.read_bytes()


def test_export_takes_a_format_a_date_and_a_licence(saved, tmp_path):
    ok("export", str(saved), "--every", "1h", "--format", "csv",
       "--epoch", "2030-01-01T09:00+09:00", "--licence", "CC-BY-4.0",
       "--tags", "saw.State", "--tags", "mill.*", "--out", str(tmp_path / "data"))  # fmt: skip
    head, first, *_rest = (tmp_path / "data").read_text().splitlines()
    assert head.startswith('"t","time","saw.State","mill.State"')
    assert first.startswith('0,"2030-01-01T00:00:00.000000Z"')
    assert "| Licence | CC-BY-4.0 |" in (tmp_path / "data.md").read_text()


def test_tags_faults_and_schema_are_listed():
    shown = ok("tags", SMT, "RFL.Zone8*")
    assert "RFL.Zone8Temp" in shown
    assert "RFL.Zone7Temp" not in shown
    assert re.search(
        r"E-Z8 +RFL +20 K +at once +400 h +02:00:00, 00:45:00 +Zone8Temp", ok("faults", SMT)
    )
    assert re.search(r"E-PASTE .* evenly over 08:00:00 .* paste, thin ", ok("faults", SMT))
    assert re.search(r"E-Z8 +reflow +", ok("faults"))
    assert ok("faults", SMALL) == f"{SMALL} has no faults.\n"
    assert json.loads(ok("schema"))["$schema"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "no/such-line"], "no/such-line"),
        (["run", SMALL, "--for", "8 parsecs"], "--for: expected a time"),
        (["run", SMALL, "--for", "0s"], "above 0 s"),
        (["run", SMALL, "--fault", "E-Z8@1h"], "has no fault E-Z8; it has none"),
        (["run", SMT, "--fault", "E-Z8"], "expected FAULT@TIME"),
        (["run", SMT, "--fault", "E-Z8@soon"], "--fault: expected a time"),
        (["run", SMT, "--for", "1h", "--fault", "E-Z8@2h"], "behind the end"),
        (["tags", SMT, "NO.*"], "no tag matches"),
        (["export", SMALL, "--out", "a.csv", "--every", "x"], "--every: expected a time"),
        (["export", SMALL, "--out", "a.csv", "--epoch", "noon"], "--epoch: expected a date"),
        (["view", SMALL, "--out", "a.gif"], "ends in .png"),
        (["serve", SMALL, "--http-port", "70000"], "expected 0 to 65535, found 70000"),
        (["serve", SMALL, "--for", "ever"], "--for: expected a time"),
        (["serve", SMALL, "--speed", "-1"], "above 0"),
        (["nonsense"], "No such command"),
        (["run", SMALL, "--nonsense"], "No such option"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_status_2(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert message in refused(*words)
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_read_or_written_is_refused_with_status_1(saved, tmp_path):
    assert "is not a finished run" in refused("kpi", str(tmp_path), status=1)
    assert "exists already" in refused("run", SMALL, "--out", str(saved), status=1)
    assert "exists already" in refused("serve", SMALL, "--out", str(saved), status=1)
    (tmp_path / "file").touch()
    nowhere = str(tmp_path / "file" / "run")
    assert "cannot be written" in refused("run", SMALL, "--out", nowhere, status=1)
    assert "is a run" in refused(
        "export", str(saved), "--fault", "E-Z8@1h", "--out", "a.csv", status=2
    )


def test_force_replaces_a_run(saved, tmp_path):
    out = str(tmp_path / "a")
    ok("run", SMALL, "--for", "1h", "--out", out)
    ok("run", SMALL, "--for", "2h", "--out", out, "--force")
    assert open_run(out).now == 7200.0


def test_an_unexpected_error_is_short_unless_debugged(monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("twin.cli.lookup.tags", broken)
    said = refused("tags", SMALL, status=1)
    assert "Unexpected error: ZeroDivisionError: oh" in said
    assert "--debug" in said
    done = invoke("tags", SMALL, "--debug")
    assert done.exit_code == 1
    assert "Traceback" in done.stderr
    assert "broken" in done.stderr


def test_injections_are_the_instructors_commands():
    line = twin.load(SMT)
    assert injections(line, ["E-NOZ@90s"]) == [
        Command("fault", "E-NOZ", None, "instructor", "cli", 90.0)
    ]
    with pytest.raises(UsageError):
        injections(line, ["E-NOZ@90s*1.2.3"])


def test_korean_columns_line_up():
    text = console.table(("이름", "x"), [("가동", "1"), ("ab", "22")], right=(1,))
    assert text == "이름   x\n가동   1\nab    22"
    assert console.table(("a\nb", "c"), [("1", "2")]) == "a\nb  c\n1  2"


def test_progress_without_a_terminal_is_plain_lines(monkeypatch, capsys):
    monkeypatch.setattr(console, "PLAIN_EVERY", 0.0)
    with console.progress("work") as update:
        for done in range(5):
            update(float(done), 4.0)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["work: 25 %", "work: 50 %", "work: 75 %"]
    assert all(line.endswith(" left") for line in lines)


def test_a_missing_face_is_named(monkeypatch):
    monkeypatch.setitem(faces.OURS, ("twin.views", "film"), "no_such_package:film")
    with pytest.raises(faces.MissingFace, match="film is not part of this installation"):
        faces.face("twin.views", "film")


def test_a_control_recipe_goes_out_changed_and_in_again(tmp_path, capsys):
    from twin.cli.recipes import batch, commands, recipe
    from twin.kernel.run import run
    from twin.trace.store import save

    line = twin.load("chemical/coating-v1")
    recipe(line.id, "white")
    data = json.loads(capsys.readouterr().out)
    assert [one["product"] for one in data] == ["white"]
    assert data[0]["units"]["R101"]["phases"][:2] == ["charge", "heat"]
    data[0]["units"]["R101"]["parameters"]["HoldTime"]["value"] = 90.0
    file = tmp_path / "white.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    save(run(line, "8h", 1, commands(line, file)), tmp_path / "run")
    batch(tmp_path / "run", 0, as_json=True)
    record = json.loads(capsys.readouterr().out)[0]
    unit = next(u for u in record["units"] if u["unit"] == "R101")
    assert unit["set"]["HoldTime"] == 90.0
    batch(tmp_path / "run", None, as_json=False)
    assert "white" in capsys.readouterr().out
    with pytest.raises(UsageError):
        batch(tmp_path / "run", 999, as_json=False)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="control recipes"):
        commands(line, file)
