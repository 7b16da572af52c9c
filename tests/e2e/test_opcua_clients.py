"""Clients that nobody here wrote find what docs/reference/opcua-clients.md says they find."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from opcua_server.pki import APPLICATION_URI
from tests.e2e.clients import page
from tests.e2e.clients.features import FEATURES, POLICIES, verdict
from tests.e2e.clients.programs import PROGRAMS, Program


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
async def test_a_client_finds_what_the_page_says(program: Program) -> None:
    command = program.command()
    if command is None:
        pytest.skip(program.missing)
    assert await page.tried(program, command) == page.told(program)


def test_the_page_is_written_by_its_script() -> None:
    columns = {program.name: page.told(program) for program in PROGRAMS}
    assert page.PAGE.read_text(encoding="utf-8") == page.content(columns), (
        "run `python -m tests.e2e.clients.page`"
    )


def test_every_client_can_do_all_that_its_library_can() -> None:
    """Nothing on the page is wrong with the server."""
    excuses = ("yes", "not in the client")
    for program in PROGRAMS:
        wrong = {
            name: cell
            for name, cell in page.told(program).items()
            if name != "version" and not cell.startswith(excuses)
        }
        assert not wrong, program.name


class Seven:
    """A session in which every value is 7."""

    started_at = datetime(2026, 1, 5, tzinfo=UTC)
    line = SimpleNamespace(stations=[SimpleNamespace(id="RFL"), SimpleNamespace(id="AOI")])

    def sample(self, _tags: Any, ticks: Any) -> Any:
        return np.full((1, len(ticks)), 7.0)


STAGE: Any = SimpleNamespace(
    session=Seven(), reachable=lambda: {"i=84", "i=85"}, sessions_since=lambda: 0
)
TIMES = [f"2026-01-05T00:00:{second:02}+00:00" for second in range(60)]
ROWS = [[time, 7.0, "Good"] for time in TIMES]
TOLD: dict[str, tuple[Any, Any]] = {  # what is right, and what is wrong in one place
    "discovery": (
        {"endpoints": list(POLICIES), "servers": [APPLICATION_URI]},
        {"endpoints": [*list(POLICIES)[:3]], "servers": [APPLICATION_URI]},
    ),
    "policies": (POLICIES, POLICIES | {"Basic256Sha256 Sign": "BadSecurityChecksFailed"}),
    "certificate": ({"login": "Good", "write": "Good"}, {"login": "Good", "write": "BadTimeout"}),
    "refused": ({"login": "BadUserAccessDenied"}, {"login": "Good"}),
    "observer": (
        {"read": "Good", "write": "BadUserAccessDenied", "inject": "BadUserAccessDenied"},
        {"read": "Good", "write": "Good", "inject": "BadUserAccessDenied"},
    ),
    "browse": ({"nodes": ["i=84", "i=85"], "pages": 10}, {"nodes": ["i=84"], "pages": 10}),
    "paths": ("ns=2;s=RFL.Zone8Temp", "ns=3;s=RFL.Zone8Temp"),
    "subscribe": (ROWS[:8], [ROWS[1], *ROWS[:7]]),
    "deadband": ([["", 7.0, "Good"], ["", 8.0, "Good"]], [["", 7.0, "Good"], ["", 7.2, "Good"]]),
    "machines": ({"RFL": "1", "AOI": "2"}, {"RFL": "1", "AOI": "1"}),
    "alarms": (
        {"severity": 500, "source": "RFL", "refresh": "Good", "again": True,
         "acknowledge": "Good", "acked": True},
        {"severity": 500, "source": "RFL", "refresh": "Good", "again": False,
         "acknowledge": "Good", "acked": True},
    ),
    "events": ([[True, False], [True, True]], [[True, False]]),
    "history": (
        {"rows": ROWS, "pages": 3}, {"rows": [*ROWS[:-1], [TIMES[-1], 7.1, "Good"]], "pages": 3},
    ),
    "connection": (
        {"before": 3, "after": 5, "by": "library"}, {"before": 3, "after": 0, "by": "library"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_the_judge_tells_right_from_wrong(name: str) -> None:
    feature = next(one for one in FEATURES if one.name == name)
    right, wrong = TOLD[name]
    assert verdict(feature, {"found": right}, STAGE) == "yes"
    assert verdict(feature, {"found": wrong}, STAGE) != "yes"
