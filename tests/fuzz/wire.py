"""An OPC UA connection made by hand, chunk by chunk, so that each may be wrong on purpose."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import (
    nodeid_from_binary,
    nodeid_to_binary,
    struct_from_binary,
    struct_to_binary,
)

PATIENCE_S = 4.0  # for an answer: far longer than the server needs
NONE_URI = "http://opcfoundation.org/UA/SecurityPolicy#None"


class Gone(Exception):
    """The server closed the connection; `error` is the status it named before, or ""."""

    def __init__(self, error: str) -> None:
        super().__init__(error or "closed without a word")
        self.error = error


class Silent(Exception):
    """The server said nothing."""


class Wire:
    """One connection over SecurityPolicy None."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.channel = self.token = 0
        self.number = 0
        self.session = ua.NodeId()
        self.heard = bytearray()  # every byte the server sent

    @classmethod
    async def open(cls, port: int) -> Wire:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def hello(self) -> None:
        hello = ua.Hello(0, 65535, 65535, 0, 0, "opc.tcp://127.0.0.1")
        self.send(b"HELF", struct_to_binary(hello))
        kind, _body = await self.receive()
        assert kind == b"ACKF", kind

    async def open_channel(self) -> None:
        self.send(b"OPNF", struct.pack("<I", 0) + self.open_request())
        kind, body = await self.receive()
        assert kind == b"OPNF", kind
        buffer = Buffer(body[4:])
        struct_from_binary(ua.AsymmetricAlgorithmHeader, buffer)
        struct_from_binary(ua.SequenceHeader, buffer)
        answer = struct_from_binary(ua.OpenSecureChannelResponse, buffer)
        token = answer.Parameters.SecurityToken
        self.channel, self.token = token.ChannelId, token.TokenId

    def open_request(self) -> bytes:
        """An OpenSecureChannel request, from the security header on."""
        self.number += 1
        header = struct_to_binary(ua.AsymmetricAlgorithmHeader(NONE_URI, None, None))
        sequence = struct_to_binary(ua.SequenceHeader(self.number, self.number))
        request = ua.OpenSecureChannelRequest()
        request.Parameters.SecurityMode = ua.MessageSecurityMode.None_
        request.Parameters.RequestedLifetime = 3_600_000
        return header + sequence + struct_to_binary(request)

    async def log_in(self) -> None:
        """A session without a user name."""
        create = ua.CreateSessionRequest()
        create.Parameters.ClientNonce = bytes(32)
        create.Parameters.EndpointUrl = "opc.tcp://127.0.0.1"
        create.Parameters.RequestedSessionTimeout = 60_000
        answer = await self.ask(create, ua.CreateSessionResponse)
        self.session = answer.Parameters.AuthenticationToken
        activate = ua.ActivateSessionRequest()
        policy = ua.AnonymousIdentityToken("anonymous")
        activate.Parameters.UserIdentityToken = policy
        await self.ask(activate, ua.ActivateSessionResponse)

    async def ask(self, request: Any, expected: type) -> Any:
        """A request's answer, decoded. Raises ua.UaStatusCodeError for a fault."""
        request.RequestHeader.AuthenticationToken = self.session
        answer = await self.exchange(struct_to_binary(request))
        buffer = Buffer(answer)
        kind = nodeid_from_binary(buffer)
        if kind == ua.NodeId(ua.ObjectIds.ServiceFault_Encoding_DefaultBinary):
            header = struct_from_binary(ua.ResponseHeader, buffer)
            header.ServiceResult.check()
        buffer = Buffer(answer)
        return struct_from_binary(expected, buffer)

    async def exchange(self, body: bytes) -> bytes:
        """Send a message's body, whatever it is; the body of its answer, chunks joined."""
        number = self.send_message(body)
        parts = b""
        while True:
            kind, answer = await self.receive()
            (request,) = struct.unpack_from("<I", answer, 12)
            if request != number:
                continue  # a notification
            parts += answer[16:]
            if kind[3:] == b"F":
                return parts

    def send_message(self, body: bytes, kind: bytes = b"MSG") -> int:
        """Send a body in chunks that the server takes; its request id."""
        request = self.number + 1
        pieces = [body[i : i + 60_000] for i in range(0, len(body), 60_000)] or [b""]
        for place, piece in enumerate(pieces):
            last = b"F" if place == len(pieces) - 1 else b"C"
            self.send_chunk(kind + last, piece, request)
        return request

    def send_chunk(self, kind: bytes, piece: bytes, request: int) -> None:
        self.number += 1
        head = struct.pack("<IIII", self.channel, self.token, self.number, request)
        self.send(kind, head + piece)

    def send(self, kind: bytes, rest: bytes) -> None:
        """A chunk of this type with everything behind its size."""
        self.writer.write(kind + struct.pack("<I", 8 + len(rest)) + rest)

    async def played(self, chunks: bytes) -> tuple[list[bytes], str]:
        """Send recorded chunks; the types of what is answered, and how the connection ended."""
        self.writer.write(chunks)
        kinds: list[bytes] = []
        while True:
            try:
                kinds.append((await self.receive())[0])
            except Gone as gone:
                return kinds, gone.error or "closed without a word"

    async def receive(self) -> tuple[bytes, bytes]:
        """The next chunk: its type and everything behind its size. Raises Gone or Silent."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                head = await self.reader.readexactly(8)
                (size,) = struct.unpack_from("<I", head, 4)
                rest = await self.reader.readexactly(size - 8)
        except TimeoutError:
            raise Silent from None
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            raise Gone("") from None
        self.heard += head + rest
        if head[:3] == b"ERR":
            (code,) = struct.unpack_from("<I", rest)
            await self.close()
            raise Gone(str(ua.StatusCode(code).name))
        return head[:4], rest

    async def close(self) -> None:
        self.writer.transport.abort()


async def channel(port: int) -> Wire:
    """A connection with an open channel and no session."""
    wire = await Wire.open(port)
    try:
        await wire.hello()
        await wire.open_channel()
    except BaseException:
        await wire.close()
        raise
    return wire


async def session(port: int) -> Wire:
    """A connection with a session of nobody in particular."""
    wire = await channel(port)
    try:
        await wire.log_in()
    except BaseException:
        await wire.close()
        raise
    return wire


def with_token(body: bytes, token: ua.NodeId) -> bytes:
    """A recorded request as this session would send it."""
    buffer = Buffer(body)
    nodeid_from_binary(buffer)
    begins = buffer.cur_pos
    nodeid_from_binary(buffer)
    return body[:begins] + nodeid_to_binary(token) + body[buffer.cur_pos :]
