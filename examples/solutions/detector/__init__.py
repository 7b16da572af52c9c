"""A sound detector: moving averages on live tags or on a data set."""
