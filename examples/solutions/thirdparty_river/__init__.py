"""River, an online machine learning library from PyPI, as a detector."""
