"""A small MES: states and counters by OPC UA into SQLite, hourly reports after ISO 22400."""
