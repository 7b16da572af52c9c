"""What a server counts and how clients see it (OPC 10000-5, 6.3.3 to 6.3.6 and 12.8 to 12.15)."""
