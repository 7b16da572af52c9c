"""Who may connect, who may log in, who may do what, and what is written down about it."""
