"""An estimator of remaining life from a signal that grows with wear."""
