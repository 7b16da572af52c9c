"""The Containerfile and the CI jobs that the pages show: linted, and held against their schemas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from twin.cli import serving
from twin.serve.virtual import VirtualLine

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "Containerfile"
PAGE = ROOT / "docs" / "howto" / "test-your-software-in-ci.md"
SCRIPTS = Path(sys.executable).parent


def hadolint(path: Path) -> list[str]:
    """Codes of what the linter finds."""
    done = subprocess.run(
        [SCRIPTS / "hadolint", "--no-color", "--format", "json", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [one["code"] for one in json.loads(done.stdout)]


def instruction(name: str) -> list[str]:
    """Arguments of every instruction of a name, continued lines joined."""
    text = CONTAINERFILE.read_text().replace("\\\n", " ")
    return re.findall(rf"^{name} +(.+)$", text, re.MULTILINE)


def test_the_linter_finds_nothing_and_would_find_something(tmp_path: Path) -> None:
    assert hadolint(CONTAINERFILE) == []
    bad = tmp_path / "Containerfile"
    bad.write_text("FROM python\nRUN pip install x\n")
    assert "DL3006" in hadolint(bad)


def test_it_runs_as_an_ordinary_user_on_all_addresses_and_says_how_it_is() -> None:
    assert instruction("USER")[-1].split(":")[0] not in ("root", "0")
    command = json.loads(instruction("CMD")[-1])
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert len(instruction("HEALTHCHECK")) == 1


def test_what_it_copies_is_there_and_its_ports_are_those_of_the_command() -> None:
    for row in instruction("COPY"):
        for source in row.split()[:-1]:
            assert (ROOT / source).exists(), source
    defaults = serving._serve.__kwdefaults__ or {}
    names = serving._serve.__code__.co_varnames
    given = dict(zip(names, serving._serve.__defaults__ or (), strict=False)) | defaults
    wanted = {str(value) for value in given.values() if value in (4840, 8080)}
    assert set(instruction("EXPOSE")[0].split()) == wanted == {"4840", "8080"}


def test_its_health_check_is_right_about_a_server() -> None:
    (check,) = instruction("HEALTHCHECK")
    words = json.loads(check[check.index("[") :])
    assert "http://127.0.0.1:8080/healthz" in words[-1]
    with VirtualLine("examples/three-stations-v1") as line:
        asked = words[-1].replace("http://127.0.0.1:8080", line.rest_url)
        assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
    after = subprocess.run([sys.executable, "-c", asked], check=False, capture_output=True)
    assert after.returncode != 0


@pytest.mark.parametrize(
    ("heading", "schema"),
    [("GitHub Actions", "github-workflows"), ("GitLab CI", "gitlab-ci")],
)
def test_a_job_of_the_page_fits_the_schema_of_its_service(
    tmp_path: Path, heading: str, schema: str
) -> None:
    text = PAGE.read_text()
    (job,) = re.findall(rf"^## {heading}\n```yaml\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    assert "twin judge run plan.yaml" in job
    assert fits(tmp_path / "good.yml", job, schema)
    broken = job.replace("    runs-on: ubuntu-latest\n", "").replace("  script:", "  scripts:")
    assert not fits(tmp_path / "bad.yml", broken, schema)


def fits(path: Path, text: str, schema: str) -> bool:
    path.write_text(text)
    done = subprocess.run(
        [SCRIPTS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0
