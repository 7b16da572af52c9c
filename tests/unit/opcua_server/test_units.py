from opcua_server.units import CODES, OWN, UNECE, engineering_units, unit_id


def test_a_unit_number_is_its_unece_code_read_as_an_integer() -> None:
    # values printed in OPC 10000-8, 5.6.4.3 and UNECE_to_OPCUA.csv of the OPC Foundation
    assert unit_id("CEL") == 4408652
    assert unit_id("P1") == 20529
    assert unit_id("KWT") == 4937556


def test_known_units_point_to_the_unece_list() -> None:
    for unit in ("°C", "%", "kW", "kWh", "mm/s", "s", "min", "kPa", "kgf", "g", "ppm", "µm", "A"):
        shown = engineering_units(unit)
        assert (shown.NamespaceUri, shown.DisplayName.Text) == (UNECE, unit)
        assert shown.UnitId > 0


def test_a_unit_without_a_code_keeps_its_text() -> None:
    shown = engineering_units("cm/min")
    assert (shown.NamespaceUri, shown.UnitId, shown.DisplayName.Text) == (OWN, -1, "cm/min")


def test_no_two_units_share_a_code_unless_they_mean_the_same() -> None:
    names: dict[str, str] = {}
    for code, name in CODES.values():
        assert names.setdefault(code, name) == name
