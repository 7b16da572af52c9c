"""Checks of an MES."""

from twin.equipment.tag import Text
from twin.judge.attempts import attempts
from twin.judge.checks import Check
from twin.judge.mes import charts, genealogy, level, orders, outage, production, reasons, states

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
        "MES-04", "reason", "mes",
        Text("Time down put down to a false reason", "잘못 귀속된 고장 시간"),
        "%", 5.0, "low", ("stops",), reasons.misattributed,
    ),
    Check(
        "MES-04", "micro", "mes",
        Text("Stops of less than a minute not recorded", "기록되지 않은 순간정지(1분 미만)"),
        "%", 5.0, "low", ("stops",), reasons.unseen,
    ),
    Check(
        "MES-04", "invented", "mes",
        Text("Stops recorded that never were", "실제로 없던 정지 기록"),
        "stops", 0.0, "low", ("stops",), reasons.invented,
    ),
    Check(
        "MES-05", "missed", "mes",
        Text("Lots in parts that were not recorded", "기록되지 않은 투입 로트"),
        "%", 0.0, "low", ("links",), genealogy.traced("missed"),
    ),
    Check(
        "MES-05", "false", "mes",
        Text("Lots recorded that are not in the part", "잘못 기록된 투입 로트"),
        "%", 0.0, "low", ("links",), genealogy.traced("false"),
    ),
    Check(
        "MES-05", "recall-missed", "mes",
        Text("Parts that a recall drill did not find", "리콜 훈련에서 찾지 못한 부품"),
        "units", 0.0, "low", ("recalls",), genealogy.recalled("missed"),
    ),
    Check(
        "MES-05", "recall-false", "mes",
        Text("Parts that a recall drill named for nothing", "리콜 훈련에서 잘못 지목한 부품"),
        "units", 0.0, "low", ("recalls",), genealogy.recalled("false"),
    ),
    Check(
        "MES-05", "recall-time", "mes",
        Text("Longest time until a recall drill was answered", "리콜 훈련 답변까지의 최장 시간"),
        "s", 60.0, "low", ("recalls",), genealogy.answer_time,
    ),
    Check(
        "MES-06", "dispatch", "mes",
        Text("Orders at stations recorded wrongly", "공정별 작업 지시 기록 오류"),
        "rows", 0.0, "low", ("dispatch",), orders.orders_wrong(orders.misdispatched),
    ),
    Check(
        "MES-06", "refusal", "mes",
        Text("Impossible orders not refused, or possible ones refused", "거부 판단이 틀린 지시"),
        "orders", 0.0, "low", ("orders",), orders.orders_wrong(orders.not_refused),
    ),
    Check(
        "MES-06", "parameters", "mes",
        Text("Recipe parameters of orders that were not loaded", "적용되지 않은 레시피 파라미터"),
        "rows", 0.0, "low", ("orders",), orders.parameters,
    ),
    Check(
        "MES-07", "lost", "mes", Text("Orders lost on the way", "유실된 지시"),
        "orders", 0.0, "low", ("orders",), orders.orders_wrong(orders.lost),
    ),
    Check(
        "MES-07", "duplicate", "mes", Text("Orders or confirmations doubled", "중복된 지시·실적"),
        "rows", 0.0, "low", ("orders",), orders.orders_wrong(orders.duplicate),
    ),
    Check(
        "MES-07", "quantity", "mes",
        Text("Orders confirmed with a false quantity", "수량이 틀린 완료 실적"),
        "orders", 0.0, "low", ("orders",), orders.orders_wrong(orders.misquoted),
    ),
    Check(
        "MES-07", "status", "mes",
        Text("Statuses of orders missing or of a false time", "누락되거나 시각이 틀린 지시 상태"),
        "rows", 0.0, "low", ("orders",), orders.orders_wrong(orders.mistimed),
    ),
    Check(
        "MES-07", "latency", "mes",
        Text("Until a status was known, 95th percentile", "상태 인지 지연 95백분위"),
        "s", 5.0, "low", ("orders",), orders.latency, clocks=("paced",),
    ),
    Check(
        "MES-08", "missed", "mes",
        Text("Hits of a control chart's rules not reported", "보고되지 않은 관리도 규칙 이탈"),
        "%", 1.0, "low", ("signals",), charts.differing("missed"),
        "Western Electric rules 1-4 (1956)", asked_by="charts",
    ),
    Check(
        "MES-08", "invented", "mes",
        Text("Signals that no rule gives, per 1,000 samples", "규칙에 없는 신호, 표본 1,000개당"),
        "1", 1.0, "low", ("signals",), charts.differing("invented"),
        "Western Electric rules 1-4 (1956)", asked_by="charts",
    ),
    Check(
        "MES-08", "delay", "mes",
        Text("Samples from a true shift to its signal, median",
             "실제 변화에서 신호까지의 표본 수, 중앙값"),
        "samples", 20.0, "low", ("signals",), charts.delay, asked_by="charts",
    ),
    Check(
        "MES-08", "false", "mes",
        Text("False signals per 1,000 samples without fault",
             "이상이 없을 때의 거짓 신호, 표본 1,000개당"),
        "1", 25.0, "low", ("signals",), charts.false_signals,
        "Champ & Woodall 1987", asked_by="charts",
    ),
    Check(
        "MES-09", "good", "mes",
        Text("Error of good units in an hour with an outage", "통신 단절 시간대 양품 수 오차"),
        "units", 1.0, "low", ("counts",), outage.count("good"),
    ),
    Check(
        "MES-09", "scrap", "mes",
        Text("Error of rejects in an hour with an outage", "통신 단절 시간대 불량 수 오차"),
        "units", 1.0, "low", ("counts",), outage.count("scrap"),
    ),
    Check(
        "MES-09", "states", "mes",
        Text("Time around outages put down to a false state", "통신 단절 전후의 잘못된 상태 시간"),
        "%", 1.0, "low", ("states",), outage.misattributed,
    ),
    Check(
        "MES-11", "declared", "mes",
        Text("Missing inputs not declared, or declared and there", "누락 입력의 선언 오류"),
        "inputs", 0.0, "low", (), level.declared,
    ),
    Check(
        "MES-11", "invented", "mes",
        Text("Rows for which the line shows no input", "입력 없이 만들어 낸 행"),
        "rows", 0.0, "low", (), level.invented,
    ),
    Check(
        "MES-12", "probes", "mes", Text("Attempts to reach the truth", "정답 접근 시도 횟수"),
        "1", 0.0, "low", (), attempts,
    ),
)  # fmt: skip
