"""A run as a data set: what the sensors showed, and the truth in files of its own."""

from twin.export.dataset import EPOCH, FORMATS, Exported, export
from twin.export.paper import export_sheet
from twin.export.received import export_records

__all__ = ["EPOCH", "FORMATS", "Exported", "export", "export_records", "export_sheet"]
