"""How claims come in: files, a database, REST, MQTT, OPC UA. All end as raw rows of a table."""
