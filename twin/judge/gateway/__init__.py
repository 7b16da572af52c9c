"""Checks of a gateway or historian (GW-01 to GW-12)."""

from twin.equipment.tag import Text
from twin.judge.checks import Check
from twin.judge.gateway import (
    indicators,
    latency,
    load,
    model,
    quality,
    reconstruction,
    recovery,
    settings,
)

_S = ("samples",)
CHECKS: tuple[Check, ...] = (
    Check(
        "GW-01", "missing", "gateway",
        Text("Changes that were not recorded", "기록되지 않은 값 변화"),
        "ppm", 0.0, "low", _S, quality.lost, "ISO 8000-66:2021 completeness",
    ),
    Check(
        "GW-02", "duplicates", "gateway",
        Text("Samples recorded more than once", "중복 기록된 값"),
        "ppm", 0.0, "low", _S, quality.twice, "ISO 8000-66:2021 uniqueness",
    ),
    Check(
        "GW-02", "order", "gateway",
        Text("Samples handed in after a later one", "순서가 뒤바뀐 값"),
        "ppm", 0.0, "low", _S, quality.disordered,
    ),
    Check(
        "GW-03", "values", "gateway",
        Text("Good samples with a false value", "값이 틀린 Good 기록"),
        "ppm", 0.0, "low", _S, quality.false_values, "OPC 10000-8 / OPC 10000-4, 7.11",
    ),
    Check(
        "GW-03", "status", "gateway",
        Text("Bad or Uncertain status not passed on", "전달되지 않은 Bad·Uncertain 상태"),
        "%", 0.0, "low", _S, quality.false_status, "OPC 10000-4, 7.39",
    ),
    Check(
        "GW-04", "times", "gateway",
        Text("Samples not at a source time of their tag", "소스 시각이 아닌 기록"),
        "ppm", 0.0, "low", _S, quality.off_grid, "OPC 10000-4, 7.11.3 SourceTimestamp",
    ),
    Check(
        "GW-05", "median", "gateway",
        Text("Delay of a change, median", "값 변화의 지연, 중앙값"),
        "s", 1.0, "low", _S, latency.quantile(0.5), clocks=("paced",),
    ),
    Check(
        "GW-05", "p99", "gateway",
        Text("Delay of a change, 99 % of them", "값 변화의 지연, 99 %"),
        "s", 2.0, "low", _S, latency.quantile(0.99), clocks=("paced",),
    ),
    Check(
        "GW-07", "recovery", "gateway",
        Text("Longest silence after a cut", "단절 후 가장 긴 공백"),
        "s", 10.0, "low", _S, recovery.silence, clocks=("paced",),
    ),
    Check(
        "GW-08", "settings", "gateway",
        Text("Tags with other settings than were granted", "서버가 정한 설정과 다른 태그"),
        "%", 0.0, "low", ("settings",), settings.misread, "OPC 10000-4, 5.13.2 and 5.14.2",
    ),
    Check(
        "GW-09", "error", "gateway",
        Text("Error of the signal that is rebuilt worst", "복원 오차가 가장 큰 신호"),
        "%", 1.0, "low", _S, reconstruction.worst,
    ),
    Check(
        "GW-10", "found", "gateway",
        Text("Tags that were not found by browsing", "탐색으로 찾지 못한 태그"),
        "%", 0.0, "low", ("model",), model.unmapped, "OPC 10000-4, 5.9 Browse",
    ),
    Check(
        "GW-10", "model", "gateway",
        Text("Tags with a false unit or range", "단위나 범위가 틀린 태그"),
        "%", 0.0, "low", ("model",), model.false_model, "OPC 10000-8, 5.3 EURange",
    ),
)  # fmt: skip
EXHIBITS = (
    load.distances, load.throughput, reconstruction.economy, indicators.indicators,
    indicators.resources,
)  # fmt: skip
