"""Small, real solutions over real protocols; each passes its plan."""
