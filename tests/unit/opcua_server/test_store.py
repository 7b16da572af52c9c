from datetime import timedelta

import numpy as np
from asyncua import ua

from opcua_server.store import LiveStore, from_filetime, to_filetime
from tests.unit.opcua_server.standin import SMALL, STARTED


def make() -> LiveStore:
    return LiveStore(SMALL, STARTED)


def everything() -> np.ndarray:
    return np.ones(len(SMALL), bool)


def test_a_value_is_waited_for_before_the_first_block() -> None:
    value = make().data_value(0)
    assert value.StatusCode.name == "BadWaitingForInitialData"
    assert value.Value.Value is None


def test_the_source_time_is_the_tags_own_last_instant() -> None:
    store = make()
    store.update(11.3, np.arange(6.0), everything())
    assert store.data_value(2).SourceTimestamp == STARTED + timedelta(seconds=11.0)  # every 0.5 s
    assert store.data_value(5).SourceTimestamp == STARTED + timedelta(seconds=10.0)  # every 2 s


def test_each_kind_has_its_type_on_the_wire() -> None:
    store = make()
    store.update(1.0, np.array([7.0, 3.0, 1.5, 85.0, 1.0, 2.0]), everything())
    found = [store.data_value(row).Value for row in range(6)]
    kinds = [ua.VariantType.Int64, ua.VariantType.UInt32, ua.VariantType.Double]
    assert [v.VariantType for v in found[:3]] == kinds
    assert found[4].VariantType == ua.VariantType.Boolean
    assert [v.Value for v in found] == [7, 3, 1.5, 85.0, True, 2.0]


def test_only_changed_rows_count_on_and_the_first_block_changes_all() -> None:
    store = make()
    nothing = np.zeros(6, bool)
    assert store.update(0.0, np.zeros(6), nothing).tolist() == [0, 1, 2, 3, 4, 5]
    changed = nothing.copy()
    changed[2] = True
    assert store.update(1.0, np.ones(6), changed).tolist() == [2]
    assert store.generation.tolist() == [1, 1, 2, 1, 1, 1]


def test_one_data_value_is_shared_by_all_readers() -> None:
    store = make()
    store.update(0.0, np.zeros(6), everything())
    assert store.data_value(1) is store.data_value(1)


def test_a_missing_value_has_a_bad_status() -> None:
    store = make()
    store.update(0.0, np.full(6, np.nan), everything())
    assert store.data_value(0).StatusCode.name == "BadSensorFailure"


def test_filetimes_come_back() -> None:
    assert from_filetime(to_filetime(STARTED)) == STARTED
