"""What makes it happen: the only room that knows SimPy. It writes to the trace and nothing else."""
