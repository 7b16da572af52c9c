"""What an OPC UA server can do for its clients: the product beside its peers, in one table."""

from __future__ import annotations

import pytest

from tests.bench.opcua.compare import asked, measure

HELD = (
    ("naive", 2_000, 1),
    ("product", 10_000, 1),
    ("product", 50_000, 1),
    ("secured", 50_000, 1),
    ("product", 100_000, 10),
    ("node", 10_000, 1),
    ("open62541", 10_000, 1),
)


@pytest.mark.parametrize(("server", "tags", "clients"), HELD)
def test_tags_at_one_hertz(figure, server, tags, clients):
    found = measure(server, tags, clients)
    if found is None:
        pytest.skip("`npm ci` in tests/bench/node_opcua_server, o6's Python in TWIN_O6_PYTHON")
    figure(
        f"OPC UA {server}, {tags} tags at 1 Hz to {clients}: "
        f"{100 * found['delivered']:.2f} % told, "
        f"p99 {found['p99_s']:.2f} s, {100 * found['cpu']:.0f} % of a core, "
        f"{found['memory_mb']} MB, {found['start_s']} s to build"
    )


@pytest.mark.parametrize(
    ("what", "of"), [("reads", "10000"), ("history", "machine-parts/shaft-v1")]
)
def test_values_asked_for(figure, what, of):
    found = asked(what, of)
    figure(
        f"OPC UA {what} of {of}: {found['values_s']} values/s, "
        f"{found['values_cpu_s']} a second of the server's processor"
    )
