"""Checks of an MES."""

from twin.equipment.tag import Text
from twin.judge.attempts import attempts
from twin.judge.checks import Check
from twin.judge.mes import production, states

CHECKS: tuple[Check, ...] = (
    Check(
        "MES-01", "reported", "mes",
        Text("Station hours not reported once", "한 번 보고되지 않은 공정 시간"),
        "%", 0.0, "low", ("counts",), production.unreported("counts"),
    ),
    Check(
        "MES-01", "good", "mes",
        Text("Good units counted wrongly", "잘못 센 양품 수"),
        "units", 0.0, "low", ("counts",), production.count("good"), "ISO 22400-2:2014 GQ",
    ),
    Check(
        "MES-01", "scrap", "mes",
        Text("Rejected units counted wrongly", "잘못 센 불량 수"),
        "units", 0.0, "low", ("counts",), production.count("scrap"), "ISO 22400-2:2014 SQ",
    ),
    Check(
        "MES-02", "states", "mes",
        Text("Time put down to a false state", "잘못 귀속된 상태 시간"),
        "%", 1.0, "low", ("states",), states.misattributed, "ISO 22400-2:2014, 6",
    ),
    Check(
        "MES-03", "reported", "mes",
        Text("Station hours without key figures, or with two", "지표가 없거나 둘인 공정 시간"),
        "%", 0.0, "low", ("kpis",), production.unreported("kpis"),
    ),
    Check(
        "MES-03", "availability", "mes",
        Text("Largest error of availability", "시간 가동률의 최대 오차"),
        "pp", 0.5, "low", ("kpis",), production.figure("availability"), "ISO 22400-2:2014, A",
    ),
    Check(
        "MES-03", "effectiveness", "mes",
        Text("Largest error of effectiveness", "성능 가동률의 최대 오차"),
        "pp", 0.5, "low", ("kpis",), production.figure("effectiveness"), "ISO 22400-2:2014, E",
    ),
    Check(
        "MES-03", "quality", "mes",
        Text("Largest error of the quality ratio", "양품률의 최대 오차"),
        "pp", 0.5, "low", ("kpis",), production.figure("quality"), "ISO 22400-2:2014, Q",
    ),
    Check(
        "MES-03", "oee", "mes",
        Text("Largest error of OEE", "설비 종합 효율의 최대 오차"),
        "pp", 0.5, "low", ("kpis",), production.figure("oee"), "ISO 22400-2:2014, OEE",
    ),
    Check(
        "MES-12", "probes", "mes", Text("Attempts to reach the truth", "정답 접근 시도 횟수"),
        "1", 0.0, "low", (), attempts,
    ),
)  # fmt: skip
