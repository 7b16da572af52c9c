"""Reference solutions: small real programs that pass their plans."""
