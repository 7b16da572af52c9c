"""The version of the product: it is in every manifest, as results of two versions may differ."""

__version__ = "0.1.0"
