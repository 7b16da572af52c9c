"""Settings for every test: how hard Hypothesis looks, and English whatever the machine speaks."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from twin.i18n import set_language

# no deadlines: a test machine may be busy. CI looks the same every time; a developer explores.
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.register_profile("dev", settings.get_profile("ci"), derandomize=False)
settings.register_profile("deep", settings.get_profile("dev"), max_examples=1000)
settings.register_profile(
    "fast", settings.get_profile("ci"), max_examples=5, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch):
    """English texts, for child processes too; a test of Korean asks for it."""
    monkeypatch.setenv("TWIN_LANG", "en")
    set_language("en")
    yield
    set_language("en")
