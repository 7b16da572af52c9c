"""A gateway and historian: OPC UA in, SQLite out, nothing lost and nothing twice."""
