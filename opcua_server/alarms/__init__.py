"""The line's alarms as OPC UA conditions, and events: OPC 10000-9 and OPC 10000-4, 7.22.3."""
