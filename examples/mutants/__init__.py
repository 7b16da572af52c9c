"""Broken solutions, and the tests each must fail."""
