"""From a factory's own records to a scenario: cycle times and stops, fitted."""

from twin.calibrate.calibration import Calibration, calibrate
from twin.calibrate.fits import Fit, Unfit
from twin.calibrate.tables import Table, read_table

__all__ = ["Calibration", "Fit", "Table", "Unfit", "calibrate", "read_table"]
