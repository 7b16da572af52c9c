"""Job orders that come from outside: what the line makes, and what each state allows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from twin.kernel.jobs import DEEDS, MOST_JOBS
from twin.trace import JobOrder, JobState
from twin.trace.book import Book
from twin.trace.journal import from_lines, to_lines

SMT, BEVERAGE = "electronics/smt-v1", "food/beverage-v1"
THREE = "examples/three-stations-v1"


def order(name, product="part", quantity=5, **more):
    return JobOrder(name, product, quantity, **more)


def put(run, kind, job):
    return run.apply(twin.Command(f"job-{kind}", job.id, job=job))


def do(run, kind, name):
    return run.apply(twin.Command(f"job-{kind}", name))


def book_of(trace):
    book = Book()
    book.follow(trace)
    return book


@pytest.fixture
def run():
    running = twin.Run(twin.load(THREE), seed=1)
    running.advance(600.0)
    return running


def test_a_stored_order_waits_until_it_is_started(run):
    put(run, "store", order("A"))
    run.advance(3600.0)
    assert book_of(run.trace).find("A").begun == 0
    do(run, "start", "A")
    run.advance(7200.0)
    entry = book_of(run.trace).find("A")
    assert [state.name for _, state in entry.changes] == [
        "NOT_ALLOWED_TO_START", "ALLOWED_TO_START", "RUNNING", "ENDED",
    ]  # fmt: skip
    assert entry.begun == entry.good + entry.rejected == 5
    assert 3600.0 <= entry.started < entry.ended < 7200.0


def test_a_started_order_of_another_product_is_changed_over_to_and_made_next():
    run = twin.Run(twin.load(SMT), seed=1)
    run.advance(1200.0)
    made = len(run.trace.parts)
    put(run, "store-and-start", order("S", "sensor", 12))
    run.advance(9000.0)
    products = run.trace.parts.product[made:].tolist()
    sensor = run.line.products.index("sensor")
    assert products[:12] == [sensor] * 12
    assert set(products[12:]) == {0}
    assert book_of(run.trace).find("S").state is JobState.ENDED


def test_where_material_flows_what_is_under_way_is_made_first_and_nothing_is_drained():
    run = twin.Run(twin.load(BEVERAGE), seed=1)
    run.advance(2400.0)
    put(run, "store-and-start", order("T", "tea", 2))
    run.advance(20000.0)
    tea = run.line.products.index("tea")
    products = run.trace.parts.product.tolist()
    first = products.index(tea)
    assert 0 < first < 36  # the list's own order has 36
    assert set(products[:first]) == {0}
    assert products[first : first + 2] == [tea, tea]


def test_a_paused_order_lets_the_line_go_on_with_its_own_list(run):
    put(run, "store-and-start", order("A", quantity=500))
    run.advance(2000.0)
    do(run, "pause", "A")
    before = book_of(run.trace).find("A").begun
    run.advance(4000.0)
    entry = book_of(run.trace).find("A")
    assert 0 < before == entry.begun < 500
    assert len(run.trace.parts) > before + 20
    do(run, "resume", "A")
    run.advance(5000.0)
    assert book_of(run.trace).find("A").begun > before


def test_the_highest_priority_comes_first_then_what_is_due_first(run):
    for name, more in (("low", {}), ("late", {"due": 9000.0}), ("high", {"priority": 3})):
        put(run, "store", order(name, quantity=3, **more))
    put(run, "store-and-start", order("now", quantity=3))
    for name in ("low", "late", "high"):
        do(run, "start", name)
    run.advance(8000.0)
    started = {entry.order.id: entry.started for entry in book_of(run.trace).entries}
    assert sorted(started, key=started.get) == ["now", "high", "late", "low"]


def test_an_order_begins_no_earlier_than_its_start(run):
    put(run, "store-and-start", order("A", start=3000.5))
    run.advance(9000.0)
    assert book_of(run.trace).find("A").started == 3000.5


REACH = {  # how an order comes into a state
    "NOT_ALLOWED_TO_START": ["store"],
    "ALLOWED_TO_START": ["store-and-start"],
    "RUNNING": ["store-and-start", "run"],
    "INTERRUPTED": ["store-and-start", "run", "pause"],
    "ENDED": ["store-and-start", "run", "stop"],
    "ABORTED": ["store", "abort"],
}


@pytest.mark.parametrize("state", REACH)
@pytest.mark.parametrize("kind", [kind for kind in DEEDS if "store" not in kind])
def test_every_command_is_taken_in_its_states_only(run, state, kind):
    job = order("A", quantity=500, start=2000.0)
    for step in REACH[state]:
        if step == "run":
            run.advance(3000.0)
        elif "store" in step:
            put(run, step, job)
        else:
            do(run, step, "A")
    deed = DEEDS[kind]
    command = twin.Command(kind, "A", job=job if kind == "job-update" else None)
    if JobState[state] not in deed.before:
        with pytest.raises(twin.TwinError, match="job order 'A' is"):
            run.apply(command)
        return
    run.apply(command)
    run.advance(run.now + 1.0)
    reached = book_of(run.trace).entries[0].state
    assert reached is (deed.after or JobState[state])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (order("A", "cake"), "no product 'cake'"),
        (order("A", quantity=0), "from 1 to"),
        (order("", quantity=1), "needs an id"),
        (order("A", start=float("nan")), "must be numbers"),
    ],
)
def test_an_order_that_cannot_be_made_is_refused_with_the_reason(run, wrong, says):
    with pytest.raises(twin.TwinError, match=says):
        put(run, "store", wrong)
    assert not run.trace.journal


def test_the_list_is_bounded_and_ids_are_unique(run):
    for i in range(MOST_JOBS):
        put(run, "store", order(f"A{i}"))
    with pytest.raises(twin.TwinError, match="full"):
        put(run, "store", order("B"))
    with pytest.raises(twin.TwinError, match="already"):
        put(run, "store", order("A0"))
    do(run, "cancel", "A0")
    put(run, "store", order("A0"))


def test_the_journal_keeps_orders_and_says_nothing_of_them_elsewhere(run):
    put(run, "store", order("A", due=5.0))
    run.apply(twin.Command("stop"))
    lines = to_lines(run.trace.journal)
    assert from_lines(lines) == run.trace.journal
    assert '"job"' not in lines.splitlines()[1]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(sorted(DEEDS)),
        st.sampled_from("ABC"),
        st.integers(0, 1),
        st.integers(1, 30),
        st.integers(-1, 2),
        st.floats(0.0, 900.0),
    ),
    min_size=4,
    max_size=25,
)


@given(MOVES)
@settings(max_examples=12, deadline=None)
def test_replay_branches_and_slices_hold_with_orders(moves):
    line = twin.load(SMT)
    run = twin.Run(line, seed=2)
    branches = []
    for kind, name, product, quantity, priority, wait in moves:
        run.advance(run.now + wait)
        job = order(name, line.products[product], quantity, priority=priority)
        stores = kind in ("job-store", "job-store-and-start", "job-update")
        try:
            run.apply(twin.Command(kind, name, job=job if stores else None))
        except twin.TwinError:
            branches.append(twin.snapshot(run))
    end = run.now + 4000.0
    run.advance(end)
    assert twin.run(line, end, 2, run.trace.journal).digest == run.trace.digest
    one = Book()
    for frozen in branches[-2:]:
        branch = twin.resume(frozen)
        for command in run.trace.journal[len(branch.trace.journal) :]:
            branch.advance(command.t)
            one.follow(branch.trace)
            branch.apply(command)
        branch.advance(end)
        one.follow(branch.trace)
        assert branch.trace.digest == run.trace.digest
        assert one.entries == book_of(run.trace).entries
        one = Book()
    for entry in book_of(run.trace).entries:
        assert entry.good + entry.rejected <= entry.begun <= max(entry.order.quantity, 30)
        if entry.state is JobState.ENDED and "STOP" not in str(run.trace.journal).upper():
            assert entry.good + entry.rejected == entry.order.quantity
