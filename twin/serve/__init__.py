"""A live session: its clock, its inbox, and the faces that show it."""
