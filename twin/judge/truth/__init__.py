"""What was true, as tables that claims are held against; all computed from the trace."""
