"""Events on their way to clients: what they carry, who wants them (OPC 10000-4, 7.22.3)."""
