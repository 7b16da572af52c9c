"""Units of tags as OPC UA wants them: UNECE Recommendation 20 common codes.

The number in EUInformation is the code's characters read as a big-endian integer (OPC 10000-8,
5.6.4.3): "CEL" is 4408652. A unit without a code has the number -1 and our own namespace.
"""

from __future__ import annotations

from asyncua import ua

UNECE = "http://www.opcfoundation.org/UA/units/un/cefact"
OWN = "urn:twin:units"

# unit as the tag table writes it -> (common code, name); codes from UNECE Recommendation 20
CODES: dict[str, tuple[str, str]] = {
    "°C": ("CEL", "degree Celsius"),
    "K": ("KEL", "kelvin"),
    "%": ("P1", "percent"),
    "ppm": ("59", "part per million"),
    "ppb": ("61", "part per billion"),
    "W": ("WTT", "watt"),
    "kW": ("KWT", "kilowatt"),
    "kWh": ("KWH", "kilowatt hour"),
    "Wh": ("WHR", "watt hour"),
    "kVA": ("KVA", "kilovolt ampere"),
    "J": ("JOU", "joule"),
    "A": ("AMP", "ampere"),
    "mA": ("4K", "milliampere"),
    "V": ("VLT", "volt"),
    "mV": ("2Z", "millivolt"),
    "Ω": ("OHM", "ohm"),
    "Ohm": ("OHM", "ohm"),
    "mΩ": ("E45", "milliohm"),
    "nF": ("C41", "nanofarad"),
    "µF": ("4O", "microfarad"),
    "Hz": ("HTZ", "hertz"),
    "ms": ("C26", "millisecond"),
    "s": ("SEC", "second"),
    "min": ("MIN", "minute"),
    "h": ("HUR", "hour"),
    "d": ("DAY", "day"),
    "µm": ("4H", "micrometre"),
    "mm": ("MMT", "millimetre"),
    "cm": ("CMT", "centimetre"),
    "m": ("MTR", "metre"),
    "mm²": ("MMK", "square millimetre"),
    "m²": ("MTK", "square metre"),
    "mm³": ("MMQ", "cubic millimetre"),
    "m³": ("MTQ", "cubic metre"),
    "l": ("LTR", "litre"),
    "mm/s": ("C16", "millimetre per second"),
    "mm/min": ("H81", "millimetre per minute"),
    "cm/s": ("2M", "centimetre per second"),
    "m/s": ("MTS", "metre per second"),
    "m/min": ("2X", "metre per minute"),
    "mg": ("MGM", "milligram"),
    "g": ("GRM", "gram"),
    "kg": ("KGM", "kilogram"),
    "t": ("TNE", "tonne"),
    "N": ("NEW", "newton"),
    "kgf": ("B37", "kilogram-force"),
    "Pa": ("PAL", "pascal"),
    "Pa·s": ("C65", "pascal second"),
    "kPa": ("KPA", "kilopascal"),
    "bar": ("BAR", "bar"),
    "mbar": ("MBR", "millibar"),
    "l/min": ("L2", "litre per minute"),
    "m³/h": ("MQH", "cubic metre per hour"),
    "rpm": ("RPM", "revolutions per minute"),
    "1/min": ("C94", "reciprocal minute"),
    "1/h": ("H10", "reciprocal hour"),
    "°": ("DD", "degree [unit of angle]"),
    "dB": ("2N", "decibel"),
    "count": ("C62", "one"),
    "1": ("C62", "one"),
    "pcs": ("H87", "piece"),
    "L": ("LTR", "litre"),
    "mL": ("MLT", "millilitre"),
    "mol/l": ("C38", "mole per litre"),
    "L/h": ("E32", "litre per hour"),
    "L/min": ("L2", "litre per minute"),
    "kN": ("B47", "kilonewton"),
    "N·m": ("NU", "newton metre"),
    "kg/min": ("F31", "kilogram per minute"),
    "kg/h": ("E93", "kilogram per hour"),
    "pH": ("Q30", "pH (potential of hydrogen)"),
    "°Bx": ("J18", "degree Brix"),
    "mS/cm": ("H61", "millisiemens per centimetre"),
    "kg/L": ("B35", "kilogram per litre"),
    "mg/g": ("H64", "milligram per gram"),
}
# units in the field's use that Recommendation 20 has no code for
UNCODED: dict[str, str] = {
    "cm/min": "centimetre per minute",
    "HRC": "Rockwell hardness C",
    "KU": "Krebs unit of viscosity",
    "GU": "gloss unit",
}


def unit_id(code: str) -> int:
    """Number of a UNECE common code."""
    return int.from_bytes(code.encode("ascii"), "big")


def engineering_units(unit: str) -> ua.EUInformation:
    """EUInformation of a unit; one that has no code keeps its text with the number -1."""
    known = CODES.get(unit)
    if known is None:
        name = UNCODED.get(unit, unit)
        return ua.EUInformation(OWN, -1, ua.LocalizedText(unit, "en"), ua.LocalizedText(name, "en"))
    code, name = known
    return ua.EUInformation(
        UNECE, unit_id(code), ua.LocalizedText(unit, "en"), ua.LocalizedText(name, "en")
    )
