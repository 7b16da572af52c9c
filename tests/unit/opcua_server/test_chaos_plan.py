"""Plans of chaos: pure, repeatable, with the rates of their profile; scripts checked whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

import twin
from opcua_server.chaos.actions import ACTIONS
from opcua_server.chaos.acts import ACTS
from opcua_server.chaos.plan import BLOCK, Planned, plan_of
from opcua_server.chaos.profiles import BAD, BUSY, PROFILES, UNCERTAIN
from opcua_server.chaos.script import read_script
from twin.errors import ScenarioError, UsageError

TAGS = tuple(twin.load("machine-parts/shaft-v1").tags)


def test_every_action_has_what_it_does_and_every_profile_only_known_ones() -> None:
    assert ACTIONS.keys() == ACTS.keys()
    for name, action in ACTIONS.items():
        assert action.lasts == (ACTS[name][1] is not None), name
    for profile in PROFILES.values():
        for rate in profile.rates:
            action = ACTIONS[rate.action]
            assert action.lasts == (rate.seconds[1] > 0.0), (profile.id, rate.action)
            assert not rate.values or action.value
    assert {rate.action for rate in PROFILES["hostile"].rates} == set(ACTIONS)


def test_the_statuses_of_the_tables_exist_and_are_as_severe_as_they_say() -> None:
    defaults = [str(row.default) for row in ACTIONS.values() if row.value == "status"]
    for name in (*BAD, *BUSY, *UNCERTAIN, *defaults):
        code = ua.StatusCode(getattr(ua.StatusCodes, name))
        assert code.is_bad() == name.startswith("Bad")
        assert code.is_uncertain() == name.startswith("Uncertain")


@given(st.integers(0, 2**31), st.sampled_from(sorted(PROFILES)), st.floats(0.0, 4 * BLOCK))
def test_a_plan_is_the_same_however_it_is_asked_for(seed: int, name: str, cut: float) -> None:
    plan, again = plan_of(name, seed, TAGS), plan_of(name, seed, TAGS)
    whole = plan.steps(0.0, 4 * BLOCK)
    assert again.steps(0.0, cut) + again.steps(cut, 4 * BLOCK) == whole
    assert [step.t for step in whole] == sorted(step.t for step in whole)
    assert all(0.0 <= step.t < 4 * BLOCK for step in whole)


def test_another_seed_or_profile_plans_something_else() -> None:
    steps = {
        (name, seed): tuple(plan_of(name, seed, TAGS).steps(0.0, 10 * BLOCK))
        for name in ("field", "hostile")
        for seed in (1, 2)
    }
    assert len(set(steps.values())) == 4


@pytest.mark.parametrize("name", ["gentle", "field", "hostile"])
def test_actions_come_as_often_as_their_row_says(name: str) -> None:
    hours = 2000
    steps = plan_of(name, 7, TAGS).steps(0.0, hours * BLOCK)
    for rate in PROFILES[name].rates:
        expected = hours * BLOCK / rate.every
        found = sum(step.action == rate.action for step in steps)
        assert abs(found - expected) < 5.0 * expected**0.5, rate.action
        low, high = rate.seconds
        assert all(low <= s.seconds <= high for s in steps if s.action == rate.action)


def test_in_a_fleet_one_server_is_aimed_at_and_tags_are_hit_as_before() -> None:
    alone = Planned(PROFILES["hostile"], 5, TAGS)
    fleet = Planned(PROFILES["hostile"], 5, TAGS, ("Line", "LTH1", "CMM"))
    for one, other in zip(alone.steps(0, BLOCK), fleet.steps(0, BLOCK), strict=True):
        if ACTIONS[one.action].aim == "tags":
            assert one == other
        else:
            assert (one.target, other.target in fleet.servers) == ("", True)


def test_a_name_that_is_no_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="none, gentle, field, hostile"):
        plan_of("wild", 0, TAGS)
    with pytest.raises(UsageError, match=r"missing\.yaml"):
        plan_of("missing.yaml", 0, TAGS)


def test_a_script_is_read_with_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "chaos: 1\nclock: simulated\nsteps:\n"
        "  - {at: 1min, do: jump-clock, for: 10s, value: -1h}\n"
        f"  - {{at: 5, do: bad-values, to: {TAGS[3]}, for: 2s}}\n"
    )
    script = read_script(path, TAGS)
    first, second = script.steps(0.0, 100.0)
    assert script.clock == "simulated"
    assert (first.t, first.action, first.value) == (5.0, "bad-values", "BadCommunicationError")
    assert (second.t, second.seconds, second.value) == (60.0, 10.0, -3600.0)


def test_everything_wrong_with_a_script_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(
        "chaos: 2\nclock: sidereal\nsteps:\n"
        "  - {at: soon, do: restart}\n"
        "  - {at: 1s, do: explode}\n"
        "  - {at: 1s, do: bad-values, to: Nowhere, value: UncertainSubNormal, colour: red}\n"
        "  - {do: service-faults, to: Publish, share: 2}\n"
        "  - 7\n"
    )
    with pytest.raises(ScenarioError) as caught:
        read_script(path, TAGS)
    told = {(one.line, one.path) for one in caught.value.problems}
    assert told == {
        (1, "chaos"),
        (2, "clock"),
        (4, "steps[0].at"),
        (5, "steps[1].do"),
        (6, "steps[2].to"),
        (6, "steps[2].value"),
        (6, "steps[2].colour"),
        (7, "steps[3]"),
        (7, "steps[3].share"),
        (8, "steps[4]"),
    }
