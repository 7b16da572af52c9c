"""open62541's server through o6, N variables that all change every second.

    VENV/bin/python tests/bench/opcua/open62541.py N SECONDS PORT

o6's free build ends a process after ten minutes. Nothing of ours imports this.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import o6

count, seconds, port = (int(text) for text in sys.argv[1:4])
begin = time.perf_counter()
server = o6.Server(port=port)
folders = [server.addObject(f"M{n:03d}", server.objectsNode) for n in range(100)]
ids = [o6.NodeId(f"ns=1;s=M{n % 100:03d}.Value{n:06d}") for n in range(count)]
for n, node in enumerate(ids):
    server.addVariable(f"V{n}", folders[n % 100], 0.0, nodeId=node)
with server:
    built = time.perf_counter() - begin
    resident = int(Path("/proc/self/statm").read_text().split()[1]) / 256.0
    endpoint = f"opc.tcp://127.0.0.1:{port}"
    facts = {"endpoint": endpoint, "built_s": built, "memory_mb": resident, "namespace": 1}
    sys.__stdout__.write("\n" + json.dumps(facts) + "\n")
    sys.__stdout__.flush()
    while time.perf_counter() - begin < seconds:
        time.sleep(1.0 - time.time() % 1.0)
        server.write(ids, [o6.Double(time.time())] * count)
