"""What the plant network and the factory's digital level make of perfect signals."""

from twin.field.levels import LEVELS, Exposure, LevelRow, exposure, level, tag_class
from twin.field.network import Feed, Network, Received, network, records
from twin.field.profiles import PROFILES, Profile, profile
from twin.field.table import QUALITIES, Deed, Records

__all__ = [
    "LEVELS",
    "PROFILES",
    "QUALITIES",
    "Deed",
    "Exposure",
    "Feed",
    "LevelRow",
    "Network",
    "Profile",
    "Received",
    "Records",
    "exposure",
    "level",
    "network",
    "profile",
    "records",
    "tag_class",
]
