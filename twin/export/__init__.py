"""A run as a data set: what the sensors showed, and the truth in files of its own."""

from twin.export.dataset import EPOCH, FORMATS, Exported, export

__all__ = ["EPOCH", "FORMATS", "Exported", "export"]
