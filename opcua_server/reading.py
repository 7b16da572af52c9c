"""What a Read asks beside the attribute: a part, an encoding, timestamps (OPC 10000-4, 5.11.2)."""

from __future__ import annotations

import dataclasses
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.address_space import AttributeService

from opcua_server.lazy import LazyNodes
from opcua_server.ranges import ranged
from opcua_server.subscriptions.wishes import PLAIN_ENCODINGS

Codes, Stamps = ua.StatusCodes, ua.TimestampsToReturn
WITH_SOURCE, WITH_SERVER = (Stamps.Source, Stamps.Both), (Stamps.Server, Stamps.Both)


class TagReads(AttributeService):
    """Reads of values of tags whose nodes nobody has asked for: no node is made for them."""

    def read(self, params: Any) -> list[ua.DataValue]:
        """The values and other attributes asked for."""
        space, of_value = self._aspace, ua.AttributeIds.Value
        nodes = space._nodes
        if not isinstance(nodes, LazyNodes):
            return list(super().read(params))
        results = []
        for wanted in params.NodesToRead:
            node, attribute = wanted.NodeId, wanted.AttributeId
            value = nodes.source.value(node) if attribute == of_value else None
            if value is None or not nodes.untouched(node):
                value = space.read_attribute_value(node, attribute)
            results.append(value)
        return results


def check(params: Any) -> None:
    """Refuse a Read whose common parameters make no sense."""
    if params.MaxAge < 0.0:
        raise ServiceError(Codes.BadMaxAgeInvalid)
    if params.TimestampsToReturn not in (*WITH_SOURCE, Stamps.Server, Stamps.Neither):
        raise ServiceError(Codes.BadTimestampsToReturnInvalid)


def finish(params: Any, results: list[ua.DataValue]) -> list[ua.DataValue]:
    """The values as they were asked for."""
    both = params.TimestampsToReturn == Stamps.Both
    return [
        value
        if both and not wanted.IndexRange and wanted.DataEncoding == PLAIN
        else _as_asked(wanted, value, params.TimestampsToReturn)
        for wanted, value in zip(params.NodesToRead, results, strict=True)
    ]


PLAIN = ua.QualifiedName()


def _as_asked(wanted: Any, value: ua.DataValue, stamps: Any) -> ua.DataValue:
    of_value = wanted.AttributeId == ua.AttributeIds.Value
    if getattr(wanted.DataEncoding, "Name", None) not in PLAIN_ENCODINGS:
        code = Codes.BadDataEncodingUnsupported if of_value else Codes.BadDataEncodingInvalid
        return ua.DataValue(StatusCode=ua.StatusCode(code))
    if wanted.IndexRange:
        value = ranged(value, wanted.IndexRange)
    if not of_value or stamps == Stamps.Both:
        return value
    return dataclasses.replace(
        value,
        SourceTimestamp=value.SourceTimestamp if stamps in WITH_SOURCE else None,
        ServerTimestamp=value.ServerTimestamp if stamps in WITH_SERVER else None,
    )
