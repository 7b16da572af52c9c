"""Loader, unloader and the two benches where people put boards right."""

from __future__ import annotations

from pydantic import Field

from twin.equipment.alarm import LOW, Alarm, Beyond
from twin.equipment.inspection import PRINT_DEFECTS, UNSEEN
from twin.equipment.model import Bench, Equipment, Item, Parameters, Quantity
from twin.equipment.tag import Reading, Tag, Text, Track

MAGAZINE = 50  # boards, assumed
TIRING = 0.1  # weight of the newest board in what the inspector has come to expect, assumed


class ReviewParameters(Parameters):
    """Success of a touch-up."""

    fix: float = Field(0.85, ge=0, le=1, description="share of true defects put right")
    overlook: float = Field(0.02, ge=0, le=1, description="share of true defects taken for false")


def load(p: Parameters, bench: Bench, part: Item) -> None:
    left = bench.value("Magazine") - 1.0
    bench.put("Magazine", left if left > 0.0 else float(MAGAZINE))


def unload(p: Parameters, bench: Bench, part: Item) -> None:
    filled = bench.value("Magazine") + 1.0
    bench.put("Magazine", filled if filled < MAGAZINE else 0.0)


def review(p: ReviewParameters, bench: Bench, part: Item) -> bool:
    """Touch up every defect that was found; a board with one that cannot be put right is rejected.

    Nobody sees a wrong part or a void; the circuit test before tells of a wrong part.

    The more of the boards are false calls, the more true defects are taken for one as well: twice
    as many when nine in ten are.
    """
    told = {"wrong part"} if part.x.get("failed nets") else set()
    found = [defect for defect in part.defects if defect not in UNSEEN or defect in told]
    tired = bench.value("FalseCalls") + TIRING * ((not found) - bench.value("FalseCalls"))
    bench.put("FalseCalls", tired)
    if found and bench.uniform("overlook") < p.overlook * (1.0 + max(tired - 0.5, 0.0) / 0.4):
        bench.read("TouchUps", 0.0)
        return True  # taken for one more false call
    for defect in found:
        if bench.uniform("fix") < p.fix:
            del part.defects[defect]
    bench.read("TouchUps", len(found))
    return not any(defect in part.defects for defect in found)


def wash(p: Parameters, bench: Bench, part: Item) -> None:
    """Wash the paste off: the board may be printed again."""
    for name in ("paste", "thin", "fat", "clogged", "clogged by fault"):
        part.x.pop(name, None)
    for defect in PRINT_DEFECTS:
        part.defects.pop(defect, None)


def _magazine(start: float, alarm: Alarm) -> dict[str, object]:
    tag = Tag("Magazine", Text("Boards in the magazine", "매거진 보드 수"), "1", 0, MAGAZINE,
              Track("Magazine"), kind="int")  # fmt: skip
    return {
        "tags": lambda p: (tag,),
        "quantities": lambda p: (Quantity("Magazine", "1", start),),
        "alarms": lambda p: (alarm,),
    }


NEARLY_EMPTY = Alarm(
    "MagazineLow", Text("Magazine nearly empty", "매거진 소진 임박"), LOW,
    Text("Bring the next magazine.", "다음 매거진 준비."),
    Beyond("Magazine", low=5.0, deadband=1.0),
)  # fmt: skip
NEARLY_FULL = Alarm(
    "MagazineFull", Text("Magazine nearly full", "매거진 만재 임박"), LOW,
    Text("Take the magazine away soon.", "매거진 반출 준비."),
    Beyond("Magazine", high=MAGAZINE - 5.0, deadband=1.0),
)  # fmt: skip


LOADER = Equipment(
    "loader",
    Text("Magazine loader", "매거진 로더"),
    work=load,
    **_magazine(float(MAGAZINE), NEARLY_EMPTY),  # type: ignore[arg-type]
)
UNLOADER = Equipment(
    "unloader",
    Text("Magazine unloader", "매거진 언로더"),
    work=unload,
    **_magazine(0.0, NEARLY_FULL),  # type: ignore[arg-type]
)
REVIEW = Equipment(
    "review",
    Text("Review and rework", "판독·수리대"),
    ReviewParameters,
    tags=lambda p: (
        Tag(
            "TouchUps",
            Text("Touch-ups on the last board", "수정 개소(직전 보드)"),
            "1",
            0,
            100,
            Reading("TouchUps"),
            kind="int",
        ),
    ),
    quantities=lambda p: (Quantity("FalseCalls", "1", 0.5, hidden=True),),
    readings=lambda p: (Quantity("TouchUps", "1"),),
    work=review,
    judges=True,
)
WASH = Equipment("wash", Text("Board wash bench", "기판 세척대"), work=wash)
