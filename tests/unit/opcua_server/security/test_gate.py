"""Certificates, users and the audit log, with a real client over TCP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua
from asyncua.crypto.security_policies import (
    SecurityPolicyAes256Sha256RsaPss,
    SecurityPolicyBasic256Sha256,
)

from opcua_server import OpcUaAdapter, pki
from opcua_server.security.keeper import PkiKeeper, UserKeeper
from opcua_server.security.renewal import keep_current
from opcua_server.security.trust import TRUSTED_CRL
from tests.unit.opcua_server.security.authority import (
    DAY,
    URI,
    Made,
    authority,
    make,
    revocation,
    rsa_key,
)
from tests.unit.opcua_server.standin import StandInSession
from tests.unit.opcua_server.test_server import node_id, status_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

HIDDEN = "BadSecurityChecksFailed"
BELT = node_id("RFL.BeltSpeed")
PASSWORD = "correct horse"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpcUaAdapter]:
    """A server as it stands in a plant: no endpoint without security, nobody trusted unseen."""
    folder = tmp_path_factory.mktemp("served")
    UserKeeper(folder / "users.yaml").add("olga", "operator", PASSWORD)
    adapter = OpcUaAdapter(
        port=0,
        anonymous_role="observer",
        pki=folder / "pki",
        allow_none=False,
        auto_trust=False,
        users_file=folder / "users.yaml",
        audit=folder / "audit.jsonl",
    )
    await adapter.start(StandInSession())
    yield adapter
    await adapter.stop()


async def prepared(
    served: OpcUaAdapter, folder: Path, made: Made, policy: Any = SecurityPolicyBasic256Sha256
) -> Client:
    """A client with this certificate, not yet connected."""
    certificate, key = made.write(folder, "client")
    assert served.pki is not None
    client = Client(served.endpoints[0], timeout=10)
    client.application_uri = URI
    await client.set_security(
        policy,
        certificate=str(certificate),
        private_key=str(key),
        server_certificate=str(pki.Identity.of(served.pki).certificate),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    return client


async def outcome(client: Client) -> str:
    """Good, or the name of the status that connecting ended with."""
    heard: list[int] = []
    await client.connect_socket()
    protocol = client.uaclient.protocol
    usual = protocol._process_received_message

    def listen(message: Any) -> None:
        if isinstance(message, ua.ErrorMessage):
            heard.append(message.Error.value)
        usual(message)

    protocol._process_received_message = listen
    try:
        await client.send_hello()
        await client.open_secure_channel()
        await client.create_session()
        await client.activate_session(client._username, client._password, client.user_certificate)
    except (ua.UaError, TimeoutError, ConnectionError, asyncio.CancelledError) as error:
        code = heard[0] if heard else getattr(error, "code", None)
        return str(ua.StatusCode(code).name) if code else f"{type(error).__name__}: {error}"
    else:
        return "Good"
    finally:
        client.disconnect_socket()


def trust(served: OpcUaAdapter, made: Made, tmp_path: Path) -> None:
    assert served.pki is not None
    PkiKeeper(served.pki).trust(str(made.write(tmp_path, "to-trust")[0]))


@pytest.mark.parametrize("policy", [SecurityPolicyBasic256Sha256, SecurityPolicyAes256Sha256RsaPss])
async def test_a_stranger_is_turned_away_until_he_is_trusted(
    served: OpcUaAdapter, tmp_path: Path, policy: Any
) -> None:
    assert served.pki is not None
    made = make(f"stranger {policy.__name__}")
    keeper = PkiKeeper(served.pki)
    assert await outcome(await prepared(served, tmp_path, made, policy)) == HIDDEN
    (rejected,) = (one for one in keeper.entries() if one.name == made.certificate_name)
    assert rejected.place == "rejected"
    keeper.trust(rejected.thumbprint)
    assert await outcome(await prepared(served, tmp_path, made, policy)) == "Good"
    keeper.reject(rejected.thumbprint)
    assert await outcome(await prepared(served, tmp_path, made, policy)) == HIDDEN


WRONG = {
    "ended": (lambda: make("ended", begins=-9 * DAY, ends=-DAY), "BadCertificateTimeInvalid"),
    "to come": (lambda: make("to come", begins=DAY, ends=9 * DAY), "BadCertificateTimeInvalid"),
    "another name": (lambda: make("other", uri="urn:other"), "BadCertificateUriInvalid"),
    "no usage": (lambda: make("no usage", usage=False), "BadCertificateUseNotAllowed"),
}


@pytest.mark.parametrize("kind", WRONG)
async def test_a_trusted_but_wrong_certificate_is_refused_with_its_reason(
    served: OpcUaAdapter, tmp_path: Path, kind: str
) -> None:
    build, expected = WRONG[kind]
    made = build()
    trust(served, made, tmp_path)
    assert await outcome(await prepared(served, tmp_path, made)) == expected
    assert served.audit.recent[-1]["result"] == expected


async def test_a_client_sends_its_issuers_along(served: OpcUaAdapter, tmp_path: Path) -> None:
    root = authority("plant", number=7)
    middle = authority("hall", root, number=8)
    made = make("gauge", middle)
    trust(served, root, tmp_path)
    assert await outcome(await prepared(served, tmp_path, made)) == HIDDEN
    client = await prepared(served, tmp_path, made)
    client.security_policy.host_certificate_chain = [middle.der]
    assert await outcome(client) == "BadCertificateRevocationUnknown"
    assert served.pki is not None
    for issuer in (root, middle):
        path = served.pki / TRUSTED_CRL / f"{issuer.certificate.serial_number}.crl"
        path.write_bytes(revocation(issuer))
    client = await prepared(served, tmp_path, made)
    client.security_policy.host_certificate_chain = [middle.der]
    assert await outcome(client) == "Good"


async def test_a_loopback_demo_trusts_everybody_whose_certificate_is_in_order(
    tmp_path: Path,
) -> None:
    adapter = OpcUaAdapter(port=0, pki=tmp_path / "pki")
    await adapter.start(StandInSession())
    try:
        assert adapter.auto_trust
        assert await outcome(await prepared(adapter, tmp_path, make("anyone"))) == "Good"
        ended = make("ended", begins=-9 * DAY, ends=-DAY)
        assert await outcome(await prepared(adapter, tmp_path, ended)) == (
            "BadCertificateTimeInvalid"
        )
        assert not list((tmp_path / "pki/trusted/certs").iterdir())
    finally:
        await adapter.stop()


@asynccontextmanager
async def logged_in(served: OpcUaAdapter, folder: Path) -> AsyncIterator[Client]:
    made = make("known")
    trust(served, made, folder)
    client = await prepared(served, folder, made)
    client.set_user("olga")
    client.set_password(PASSWORD)
    async with client:
        yield client


async def test_a_user_of_the_file_logs_in_and_may_what_his_role_says(
    served: OpcUaAdapter, tmp_path: Path
) -> None:
    async with logged_in(served, tmp_path) as client:
        await client.get_node(BELT).write_value(90.0)


async def test_users_change_while_the_server_runs(served: OpcUaAdapter, tmp_path: Path) -> None:
    made = make("known")
    trust(served, made, tmp_path)
    file = served.accounts.file
    assert file is not None
    keeper = UserKeeper(file.path)

    async def log_in() -> str:
        client = await prepared(served, tmp_path, made)
        client.set_user("new")
        client.set_password("new password")
        return await outcome(client)

    assert await log_in() == "BadUserAccessDenied"
    keeper.add("new", "engineer", "new password")
    assert await log_in() == "Good"
    keeper.remove("new")
    assert await log_in() == "BadUserAccessDenied"


async def with_user_certificate(served: OpcUaAdapter, folder: Path, user: Made) -> Client:
    made = make("known")
    trust(served, made, folder)
    client = await prepared(served, folder, made)
    certificate, key = user.write(folder, "user")
    await client.load_client_certificate(str(certificate))
    await client.load_private_key(str(key))
    return client


async def test_a_user_logs_in_with_his_certificate(served: OpcUaAdapter, tmp_path: Path) -> None:
    user = make("ines", key=rsa_key(2048, 4))
    certificate, _key = user.write(tmp_path, "ines")
    file = served.accounts.file
    assert file is not None
    assert await outcome(await with_user_certificate(served, tmp_path, user)) == (
        "BadUserAccessDenied"
    )
    UserKeeper(file.path).add("ines", "instructor", certificate=certificate)
    async with await with_user_certificate(served, tmp_path, user) as client:
        await client.get_node(BELT).write_value(91.0)
    logins = [entry for entry in served.audit.recent if entry["what"] == "log in"]
    assert logins[-1]["user"] == "ines (instructor)"


async def test_a_user_certificate_without_its_key_is_worth_nothing(
    served: OpcUaAdapter, tmp_path: Path
) -> None:
    user = make("ines", key=rsa_key(2048, 4))
    file = served.accounts.file
    assert file is not None
    UserKeeper(file.path).add("ines", "instructor", certificate=user.write(tmp_path, "i")[0])
    client = await with_user_certificate(served, tmp_path, user)
    client.user_private_key = rsa_key(2048, 6)
    assert await outcome(client) == "BadUserSignatureInvalid"


async def test_a_user_certificate_that_ended_is_refused(
    served: OpcUaAdapter, tmp_path: Path
) -> None:
    user = make("late", key=rsa_key(2048, 4), begins=-9 * DAY, ends=-DAY)
    file = served.accounts.file
    assert file is not None
    UserKeeper(file.path).add("late", "operator", certificate=user.write(tmp_path, "l")[0])
    client = await with_user_certificate(served, tmp_path, user)
    assert await outcome(client) == "BadIdentityTokenRejected"


async def test_the_channels_certificate_is_no_login(served: OpcUaAdapter, tmp_path: Path) -> None:
    made = make("known")
    trust(served, made, tmp_path)
    file = served.accounts.file
    assert file is not None
    UserKeeper(file.path).add("gateway", "instructor", certificate=made.write(tmp_path, "g")[0])
    client = await prepared(served, tmp_path, made)
    async with client:
        assert await status_of(client.get_node(BELT).write_value(90.0)) == "BadUserAccessDenied"


async def test_a_name_is_locked_after_wrong_passwords_for_whoever_guessed(
    served: OpcUaAdapter, tmp_path: Path
) -> None:
    made = make("known")
    trust(served, made, tmp_path)
    core = served._server.iserver  # type: ignore[union-attr]
    core.logins = type(core.logins)()

    async def log_in(password: str) -> str:
        client = await prepared(served, tmp_path, made)
        client.set_user("olga")
        client.set_password(password)
        return await outcome(client)

    for number in range(5):
        assert await log_in(f"wrong {number}") == "BadUserAccessDenied"
    assert await log_in(PASSWORD) == "BadUserAccessDenied"
    assert core.logins.locked("user olga", "127.0.0.1")
    assert not core.logins.locked("user olga", "192.0.2.7")
    core.logins = type(core.logins)()
    assert await log_in(PASSWORD) == "Good"


async def test_the_audit_log_says_who_did_what_and_never_a_password(
    served: OpcUaAdapter, tmp_path: Path
) -> None:
    async with logged_in(served, tmp_path) as client:
        await client.get_node(BELT).write_value(88.0)
        await status_of(client.get_node(BELT).write_value(9999.0))
    assert served.audit.path is not None
    text = served.audit.path.read_text()
    entries = [json.loads(line) for line in text.splitlines()]
    written = [e for e in entries if e["what"] == "write RFL.BeltSpeed"]
    assert [e["result"] for e in written[-2:]] == ["Good", "BadOutOfRange"]
    assert {"wall", "simulated", "user", "address"} <= set(written[-1])
    assert written[-1]["user"] == "olga (operator)"
    assert PASSWORD not in text
    assert served.audit.path.stat().st_mode & 0o077 == 0


async def test_a_renewed_certificate_is_shown_without_a_restart(tmp_path: Path) -> None:
    adapter = OpcUaAdapter(port=0, pki=tmp_path / "pki")
    await adapter.start(StandInSession())
    watch = asyncio.create_task(
        keep_current(adapter._server, tmp_path / "pki", pki.APPLICATION_URI, "server", every=0.02)
    )
    try:
        await asyncio.sleep(0.05)
        before = await outcome(await prepared(adapter, tmp_path, make("anyone")))
        old = pki.Identity.of(tmp_path / "pki").certificate.read_bytes()
        (new,) = PkiKeeper(tmp_path / "pki").renew()
        async with asyncio.timeout(5):
            while adapter._server.iserver.endpoints[0].ServerCertificate == old:  # type: ignore[union-attr]
                await asyncio.sleep(0.02)
        assert new.file.read_bytes() != old
        after = await outcome(await prepared(adapter, tmp_path, make("anyone")))
        assert (before, after) == ("Good", "Good")
    finally:
        watch.cancel()
        await adapter.stop()


async def test_a_channel_of_somebody_who_was_rejected_is_not_renewed(
    served: OpcUaAdapter, tmp_path: Path
) -> None:
    assert served.pki is not None
    made = make("left")
    trust(served, made, tmp_path)
    client = await prepared(served, tmp_path, made)
    async with client:
        await client.open_secure_channel(renew=True)
        assert await client.get_node(BELT).read_browse_name()
        keeper = PkiKeeper(served.pki)
        (entry,) = (one for one in keeper.entries() if one.name == "left")
        keeper.reject(entry.thumbprint)
        assert await client.get_node(BELT).read_browse_name()
        with pytest.raises((ua.UaError, ConnectionError, TimeoutError, asyncio.CancelledError)):
            await client.open_secure_channel(renew=True)
        client.disconnect_socket()
    assert served.audit.recent[-1]["result"] == "BadCertificateUntrusted"
