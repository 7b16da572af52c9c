"""A first plan, with a comment at every choice."""

from __future__ import annotations

from collections.abc import Mapping

from twin.equipment.tag import Reading
from twin.judge.registry import checks_of
from twin.line.loading import load

_HEAD = """\
# A plan of the judge: what runs, what happens, who is judged.
#   twin judge run plan.yaml --out judgement
judge: 1
line: {line}        # a shipped line or your own .yaml
stage: FAT          # FAT, SAT, SIT or regression: printed on the report
seeds: [1, 2, 3]    # one trial each: same seed, same line, same luck
duration: {duration}      # simulated time that is judged
head_start: 30min   # simulated time before anybody looks, so that the line is full
{clock}
#level: 3           # show only what this level of digitalisation has (1 to 5)
#dirt: nist         # what the plant network does to values: see `twin dirt`
"""

_CLOCK: Mapping[str, str] = {
    "gateway": """\
clock: paced        # by the wall clock: latency and recovery mean something
speed: 10           # simulated seconds a second""",
    "mes": """\
clock: lockstep     # the judge moves time and waits for subscribers: fast, and the same every time
step: 1s""",
    "ai": """\
clock: lockstep     # the judge moves time; `batch` gives a data set instead of a live line
step: 1s""",
}

_HAPPENS: Mapping[str, str] = {
    "gateway": """
# What the gateway must survive; `twin serve --chaos` knows the same steps. `at` is simulated
# time, and so is how long a tag is bad; servers and connections are gone for wall clock.
disturbances:
  - {at: 10 min, do: close-connections}
  - {at: 20 min, do: bad-values, to: "%(tag)s", for: 10 min, value: BadSensorFailure}
  - {at: 40 min, do: restart, for: 5 s}
""",
    "mes": """
# What happens on the line meanwhile; `twin lines LINE` lists faults.
faults:
  - {fault: "%(fault)s", at: 2h}
disturbances:
  - {at: 1h, do: close-connections}
# An ERP: GET $TWIN_CLAIMS_URL/orders. An order that cannot be made is to be refused by the MES.
orders:
  - {at: 10min, order: "4711", product: %(product)s, quantity: 20}
  - {at: 30min, order: "4712", product: no-such-product, quantity: 5, expect: rejected}
# Control charts to keep: GET $TWIN_CLAIMS_URL/charts. Limits are those of a process in control.
%(charts)s
# Recall drills: GET $TWIN_CLAIMS_URL/questions. About the lot in use at a station, `back` before.
%(drills)s
""",
    "ai": """
# What there is to find; `twin lines LINE` lists faults. For a real verdict, many seeds and faults.
faults:
  - {fault: "%(fault)s", at: 4h}
""",
}

_CLAIMS: Mapping[str, str] = {
    "gateway": """\
      - {table: samples, file: "samples*.parquet"}     # in $TWIN_CLAIMS_DIR; .csv and .jsonl too
      - {table: model, file: model.csv}
      - {table: settings, file: settings.csv}
""",
    "mes": """\
      - {table: counts, sql: "select * from counts", database: "sqlite:///{folder}/mes.db"}
      - {table: states, sql: "select * from states", database: "sqlite:///{folder}/mes.db"}
      - {table: kpis, file: kpis.csv}                  # in $TWIN_CLAIMS_DIR
      - {table: links, sql: "select * from links", database: "sqlite:///{folder}/mes.db"}
      - {table: recalls, rest: true}                   # POST $TWIN_CLAIMS_URL/claims/recalls
      - {table: dispatch, file: dispatch.csv}
      #- {table: signals, file: signals.csv}          # of control charts
      #- {table: missing, file: missing.csv}          # inputs that the level does not show
      - {table: orders, rest: true}
""",
    "ai": """\
      - {table: predictions, rest: true}               # POST $TWIN_CLAIMS_URL/claims/predictions
      #- {table: predictions, mqtt: "mqtt://127.0.0.1:1883/claims"}
""",
}
_DURATION = {"gateway": "1h", "mes": "8h", "ai": "24h"}


def plan_text(kind: str, line: str) -> str:
    """The text of a plan for one kind of solution on a line. Raises UnknownScenario."""
    loaded = load(line)
    tag = next(iter(loaded.tags))
    fault = loaded.faults[0].id if loaded.faults else ""
    text = _HEAD.format(line=line, duration=_DURATION[kind], clock=_CLOCK[kind])
    feed = loaded.feeds[0] if loaded.feeds else None
    drill = "" if feed is None else f", material: {feed.material}, back: 1h}}"
    drills = (
        "#drills: []" if feed is None else f"drills:\n  - {{at: 6h, station: {feed.station}{drill}"
    )
    measured = next(
        (key for key, tag in loaded.tags.items() if isinstance(tag.source, Reading)), ""
    )
    charts = f"#charts:\n#  - {{tag: {measured or 'none'}, centre: 100, sigma: 2}}"
    text += _HAPPENS[kind] % {
        "tag": tag, "fault": fault, "product": loaded.products[0], "drills": drills,
        "charts": charts,
    }  # fmt: skip
    text += f"""
solutions:
  - name: my-{kind}
    kind: {kind}
    # Started by the judge; without it, the judge prints the addresses and waits.
    #command: python my_{kind}.py
    feeds: line        # or the name of another solution that stands between
    claims:            # tables and columns: `twin judge claims`
{_CLAIMS[kind]}
# Tests that are none of this solution's business: they are named in the report as left out.
skip: []

# Required values; those not named here are the defaults below.
thresholds: {{}}
"""
    for check in checks_of(kind):
        sign = "<=" if check.better == "low" else ">="
        text += f"#  {check.id}: {check.threshold:g}   # {check.title.en}, {sign}, {check.unit}\n"
    return text
