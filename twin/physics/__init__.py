"""Closed-form physics: value at t, and time to reach x. No state, no randomness, no units text."""
