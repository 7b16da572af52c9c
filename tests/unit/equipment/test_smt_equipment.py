"""What the machines of the surface-mount line do to a board, asked of the running equipment."""

import numpy as np
import pytest

import twin
from twin.equipment import CATALOGUE
from twin.kernel.part import LatentPart
from twin.kernel.plant import Plant
from twin.trace import Command, EventKind


@pytest.fixture
def plant():
    """The line's units at time 0, set up and not yet running."""
    plant = Plant(twin.load("electronics/smt-v1"), seed=1)
    plant.begin()
    return plant


def board():
    return LatentPart(0, 0)


def printed(plant, n=1):
    boards = []
    for _ in range(n):
        boards.append(board())
        plant.rigs["PRN"].work(boards[-1])
    return boards


def test_volume_falls_with_every_print_and_a_wipe_restores_it(plant):
    rig = plant.rigs["PRN"]
    fresh = np.mean([b.x["paste"] for b in printed(plant, 4) if not rig.put("PrintsSinceWipe", 0)])
    rig.put("PrintsSinceWipe", 25.0)
    worn = []
    for _ in range(200):
        rig.put("PrintsSinceWipe", 25.0)
        worn.append(printed(plant)[0].x["paste"])
    assert np.mean(worn) == pytest.approx(0.96 * (1 - 0.004 * 25), rel=0.03)
    assert np.mean(worn) < fresh


def test_a_wipe_takes_its_time_when_it_is_due_and_not_before(plant):
    rig = plant.rigs["PRN"]
    assert rig.cycle(board(), 18.0) == pytest.approx(18.0)
    rig.put("PrintsSinceWipe", 8.0)
    assert rig.cycle(board(), 18.0) == pytest.approx(30.0)
    assert rig.value("PrintsSinceWipe") == 0.0


def test_a_client_may_wipe_more_often_and_pays_in_time(plant):
    rig = plant.rigs["PRN"]
    rig.set("WipeInterval", 3.0)
    rig.put("PrintsSinceWipe", 3.0)
    assert rig.cycle(board(), 18.0) == pytest.approx(30.0)


@pytest.mark.parametrize(("setting", "value"), [("PressureSet", 5.0), ("SpeedSet", 60.0)])
def test_off_nominal_squeegee_settings_cost_volume(plant, setting, value):
    good = np.mean([b.x["paste"] for b in printed(plant, 60)])
    plant.rigs["PRN"].put("PrintsSinceWipe", 0.0)
    plant.rigs["PRN"].set(setting, value)
    assert np.mean([b.x["paste"] for b in printed(plant, 60)]) < good


def test_clogged_apertures_mark_every_board_until_the_wipe(plant):
    plant.faults["E-CLOG"].inject()
    marked = printed(plant, 3)
    assert all(b.x["clogged"] >= 6 and b.defects["open"] == "E-CLOG" for b in marked)
    rig = plant.rigs["PRN"]
    rig.put("PrintsSinceWipe", 8.0)
    rig.cycle(board(), 18.0)
    after = printed(plant)[0]
    assert after.x["clogged"] == 0
    assert not plant.faults["E-CLOG"].active


def test_paste_inspection_sees_the_clogged_pads_and_says_so(plant):
    plant.faults["E-CLOG"].inject()
    bad, spi = printed(plant)[0], plant.rigs["SPI"]
    assert spi.work(bad) in (True, False)
    chunk = plant.recorder.drain()
    kinds = chunk["events"]["kind"].tolist()
    order = [EventKind.FAULT_ONSET, EventKind.FAULT_FAILURE, EventKind.FAULT_OBSERVABLE]
    assert [k for k in kinds if k in order] == order
    lowest = list(plant.line.readings).index("SPI.VolumeMin")
    readings = chunk["readings"]
    assert readings["value"][readings["quantity"] == lowest][0] < 50.0


def test_lost_vacuum_costs_time_and_shifts_parts(plant):
    rig = plant.rigs["PNP1"]
    healthy = np.mean([rig.cycle(board(), 24.6) for _ in range(400)])
    plant.faults["E-NOZ"].inject()
    plant.calendar.advance(3600.0)  # the ramp of half an hour is over
    assert rig.value("NozzleVacuum") == pytest.approx(54.0, abs=0.01)
    faulty = np.mean([rig.cycle(board(), 24.6) for _ in range(400)])
    assert faulty > healthy + 1.0
    boards = [board() for _ in range(300)]
    for b in boards:
        rig.work(b)
    caused = sum("E-NOZ" in b.defects.values() for b in boards)
    assert caused > 10


def test_the_default_profile_is_within_the_window_and_rarely_cold(plant):
    rig = plant.rigs["RFL"]
    boards = [board() for _ in range(500)]
    for b in boards:
        rig.work(b)
    assert boards[0].x["peak"] == pytest.approx(244.8, abs=0.05)
    assert boards[0].x["tal"] == pytest.approx(72.2, abs=0.05)
    assert sum(bool(b.defects) for b in boards) < 10


def test_half_a_heater_makes_cold_joints_and_is_blamed_for_them(plant):
    plant.faults["E-Z8"].inject()
    plant.calendar.advance(1800.0)
    boards = [board() for _ in range(1000)]
    for b in boards:
        plant.rigs["RFL"].work(b)
    assert boards[0].x["peak"] == pytest.approx(241.9, abs=0.1)
    assert boards[0].x["tal"] == pytest.approx(61.1, abs=0.15)
    assert sum(b.defects.get("cold") == "E-Z8" for b in boards) > 10


def test_a_slower_belt_means_a_longer_pitch_and_a_hotter_board(plant):
    rig = plant.rigs["RFL"]
    rig.set("BeltSpeed", 60.0)
    assert rig.cycle(board(), 26.25) == pytest.approx(35.0)
    hot = board()
    rig.work(hot)
    assert hot.x["peak"] > 245.5
    assert hot.x["tal"] > 85.0
    assert plant.belts["RFL"].duration == pytest.approx(390.0 - 35.0)


@pytest.mark.parametrize(
    ("station", "false_reject", "escape"), [("AOI", 0.03, 0.03), ("ICT1", 0.005, 0.02)]
)
def test_inspections_err_as_often_as_they_say(plant, station, false_reject, escape):
    rig = plant.rigs[station]
    good = [rig.work(board()) for _ in range(4000)]
    bad = []
    for _ in range(4000):
        part = board()
        part.defects["open"] = "printing"
        bad.append(rig.work(part))
    for share, expected in ((1 - np.mean(good), false_reject), (np.mean(bad), escape)):
        assert abs(share - expected) < 3.5 * np.sqrt(expected * (1 - expected) / 4000)


def test_review_puts_most_defects_right_and_says_which_boards_it_could_not(plant):
    rig = plant.rigs["RVW"]
    right = overlooked = rejected = 0
    for _ in range(4000):
        part = board()
        part.defects["bridge"] = "printing"
        verdict = rig.work(part)
        assert verdict or part.defects
        right += not part.defects
        overlooked += verdict and bool(part.defects)
        rejected += not verdict
    assert overlooked / 4000 == pytest.approx(0.02, abs=0.008)
    assert right / (right + rejected) == pytest.approx(0.85, abs=0.02)


def test_an_inspector_who_sees_false_calls_overlooks_twice_as_many(plant):
    def overlooked(false_calls: int) -> float:
        rig, missed = plant.rigs["RVW"], 0
        for _ in range(3000):
            for _ in range(false_calls):
                rig.work(board())
            part = board()
            part.defects["bridge"] = "printing"
            missed += bool(rig.work(part)) and bool(part.defects)
        return missed / 3000

    assert overlooked(9) > 1.4 * overlooked(0)


def test_washing_takes_off_the_paste_and_its_defects_only(plant):
    part = printed(plant)[0]
    part.defects = {"open": "printing", "cold": "profile"}
    plant.rigs["WSH"].work(part)
    assert part.defects == {"cold": "profile"}
    assert "paste" not in part.x


def test_most_defects_come_from_printing_as_reported_of_real_lines(tmp_path):
    path = tmp_path / "smt-v1.yaml"  # faults left out: one alone can outweigh all the others
    path.write_text(twin.load("electronics/smt-v1").text.split("\nfaults:")[0], encoding="utf-8")
    trace = twin.run(twin.load(path), "300h", seed=3)
    rejected = {
        name: len(trace.index.events(EventKind.VERDICT, trace.line.place(name)).t)
        for name in ("SPI", "AOI")
    }
    assert rejected["SPI"] > 0
    spi = twin.kpi(trace).stations["SPI"]
    washed = spi["rejected"] - 0.003 * spi["produced"]
    aoi = twin.kpi(trace).stations["AOI"]
    later = aoi["rejected"] - 0.03 * aoi["produced"]
    assert 0.6 <= washed / (washed + later) <= 0.9


def test_every_kind_describes_itself_in_both_languages_and_its_tags_have_ranges():
    for kind in CATALOGUE.values():
        assert kind.title.en
        assert any("가" <= c <= "힣" for c in kind.title.ko)
        for tag in kind.tags(kind.parameters()):
            assert tag.low < tag.high
            assert tag.title.en
            assert tag.title.ko
            assert tag.period > 0.0
            if tag.setting:
                assert tag.setting in {s.name for s in kind.settings(kind.parameters())}


def test_set_points_lie_within_their_own_ranges():
    for kind in CATALOGUE.values():
        for setting in kind.settings(kind.parameters()):
            assert setting.low <= setting.default <= setting.high


def test_observable_tags_of_every_fault_exist():
    line = twin.load("electronics/smt-v1")
    for fault in line.faults:
        for name in fault.kind.observable:
            key = name if "." in name else f"{fault.station}.{name}"
            assert key in line.tags


def test_a_written_belt_speed_is_felt_by_the_boards_of_a_run():
    line = twin.load("electronics/smt-v1")
    slow = Command("set", "RFL.BeltSpeed", 60.0, t=3600.0)
    trace = twin.run(line, "3h", seed=1, journal=[slow])
    peaks = trace.index.readings(trace.reading_number("RFL.Peak"))
    before, after = peaks.value[peaks.t < 3600.0], peaks.value[peaks.t > 5400.0]
    assert before.mean() == pytest.approx(244.8, abs=0.1)
    assert after.mean() > 245.5
