"""The judge: a solution's claims against the trace, which is the truth."""
