"""The plain machine: works for a time, fails, is repaired. Any custom line is made of it."""

from twin.equipment.model import Equipment
from twin.equipment.tag import Text

MACHINE = Equipment("machine", Text("Machine", "설비"))
