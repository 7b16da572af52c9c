"""How many tags an OPC UA server tells one client every second: the product beside its peers."""

from __future__ import annotations

import pytest

from tests.bench.opcua.compare import measure

PEERS = (("naive", 6_000), ("product", 50_000), ("secured", 50_000), ("node", 40_000))


@pytest.mark.parametrize(("server", "tags"), PEERS)
def test_tags_at_one_hertz(figure, server, tags):
    found = measure(server, tags)
    if found is None:
        pytest.skip("npm ci in tests/bench/node_opcua_server installs node-opcua's server")
    figure(
        f"OPC UA {server}, {tags} tags at 1 Hz: {100 * found['delivered']:.2f} % told, "
        f"p99 {found['p99_s']:.2f} s, {100 * found['cpu']:.0f} % of a core, "
        f"{found['memory_mb']} MB, {found['start_s']} s to build"
    )
