"""Each step that a client's certificate must pass, with one that fails it and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from opcua_server.security.certificates import split
from opcua_server.security.checks import first_failure, present
from opcua_server.security.trust import FOLDERS, ISSUERS, TRUSTED, TRUSTED_CRL, TrustList, prepare
from tests.unit.opcua_server.security.authority import (
    DAY,
    Made,
    authority,
    curve_key,
    make,
    revocation,
    rsa_key,
)


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    prepare(tmp_path)
    return tmp_path


def trusting(folder: Path, *made: Made, place: str = TRUSTED) -> TrustList:
    for number, one in enumerate(made):
        (folder / place / f"{number}.der").write_bytes(one.der)
        (folder / TRUSTED_CRL / f"{number}.crl").write_bytes(revocation(one))  # nobody revoked
    return TrustList(folder)


def status(trust: TrustList, *chain: Made, auto: bool = False) -> str:
    failure = first_failure(present(b"".join(one.der for one in chain), trust), auto)
    return "Good" if failure is None else failure.status


def test_a_pki_has_all_its_folders_and_they_are_private(pki: Path) -> None:
    assert all((pki / name).is_dir() for name in FOLDERS)
    assert not (pki / "own").stat().st_mode & 0o077


def test_a_trusted_certificate_of_its_own_is_good(pki: Path) -> None:
    one = make()
    assert status(trusting(pki, one), one) == "Good"


def test_a_stranger_is_not_trusted_except_automatically(pki: Path) -> None:
    assert status(TrustList(pki), make()) == "BadCertificateUntrusted"
    assert status(TrustList(pki), make(), auto=True) == "Good"


def test_an_issuer_in_the_trust_list_vouches_for_its_clients(pki: Path) -> None:
    root = authority()
    assert status(trusting(pki, root), make(issuer=root)) == "Good"


def test_an_issuer_that_only_completes_chains_vouches_for_nobody(pki: Path) -> None:
    root = authority()
    client = make(issuer=root)
    trusting(pki, root, place=ISSUERS)
    assert status(TrustList(pki), client) == "BadCertificateUntrusted"
    (pki / TRUSTED / "client.der").write_bytes(client.der)
    assert status(TrustList(pki), client) == "Good"


def test_a_chain_that_the_client_sends_is_followed(pki: Path) -> None:
    root = authority()
    middle = authority("middle", root, number=2)
    client = make(issuer=middle)
    trust = trusting(pki, root)
    assert status(trust, client) == "BadCertificateChainIncomplete"
    assert status(trust, client, middle) == "BadCertificateRevocationUnknown"
    (pki / TRUSTED_CRL / "middle.crl").write_bytes(revocation(middle))
    assert status(trust, client, middle) == "Good"
    (pki / TRUSTED_CRL / "0.crl").unlink()
    assert status(TrustList(pki), client, middle) == "BadCertificateIssuerRevocationUnknown"


def test_a_chain_to_an_impostor_of_the_issuer_is_not_followed(pki: Path) -> None:
    root, impostor = authority(), authority(number=2)
    assert root.certificate.subject == impostor.certificate.subject
    client = make(issuer=impostor)
    trust = trusting(pki, root)
    assert status(trust, client) == "BadCertificateChainIncomplete"
    assert status(trust, client, impostor) == "BadCertificateUntrusted"


BAD = {
    "ended": (lambda: make(begins=-9 * DAY, ends=-DAY), "BadCertificateTimeInvalid"),
    "to come": (lambda: make(begins=DAY, ends=9 * DAY), "BadCertificateTimeInvalid"),
    "weak key": (lambda: make(key=rsa_key(1024)), "BadCertificatePolicyCheckFailed"),
    "no RSA key": (lambda: make(key=curve_key()), "BadCertificatePolicyCheckFailed"),
    "no usage": (lambda: make(usage=False), "BadCertificateUseNotAllowed"),
    "signs only": (lambda: make(encipher=False), "BadCertificateUseNotAllowed"),
    "for mail": (
        lambda: make(purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION),
        "BadCertificateUseNotAllowed",
    ),
    "wrong signature": (lambda: make(signer=rsa_key(2048, 5)), "BadCertificateInvalid"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate_is_refused_though_it_is_in_the_trust_list(pki: Path, kind: str) -> None:
    build, expected = BAD[kind]
    one = build()
    trust = trusting(pki, one)
    assert status(trust, one) == expected
    assert status(trust, one, auto=True) == expected


def test_an_issuer_must_be_an_authority(pki: Path) -> None:
    no_authority = make("someone", key=rsa_key(2048, 3))
    client = make(issuer=no_authority)
    assert status(trusting(pki, no_authority), client) == "BadCertificateIssuerUseNotAllowed"


def test_a_revoked_certificate_is_refused_as_soon_as_the_list_is_there(pki: Path) -> None:
    root = authority()
    good, lost = make("good", root), make("lost", root)
    trust = trusting(pki, root)
    assert status(trust, lost) == "Good"
    (pki / TRUSTED_CRL / "root.crl").write_bytes(revocation(root, lost))
    assert status(trust, lost) == "BadCertificateRevoked"
    assert status(trust, good) == "Good"


def test_a_revocation_list_of_somebody_else_counts_for_nothing(pki: Path) -> None:
    root, impostor = authority(), authority(number=2)
    client = make(issuer=root)
    trust = trusting(pki, root)
    (pki / TRUSTED_CRL / "forged.crl").write_bytes(revocation(impostor, client))
    assert status(trust, client) == "Good"


def test_the_trust_list_is_read_again_when_it_changes(pki: Path) -> None:
    one, trust = make(), TrustList(pki)
    assert status(trust, one) == "BadCertificateUntrusted"
    (pki / TRUSTED / "one.der").write_bytes(one.der)
    assert status(trust, one) == "Good"
    (pki / TRUSTED / "one.der").unlink()
    assert status(trust, one) == "BadCertificateUntrusted"


def test_a_file_that_is_no_certificate_disturbs_nobody(pki: Path) -> None:
    one = make()
    (pki / TRUSTED / "notes.txt").write_bytes(b"ask Olga first")
    assert status(trusting(pki, one), one) == "Good"


@pytest.mark.parametrize("broken", [b"\x30", b"\x30\x85" + b"\xff" * 9, b"\x31\x00", b"\x30\x03a"])
def test_what_is_no_chain_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="not a"):
        split(broken)
    with pytest.raises(ValueError, match="not a chain"):
        split(make().der * 9)


def test_rejected_certificates_are_kept_up_to_a_number(
    pki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opcua_server.security.trust.MOST_REJECTED", 3)
    trust = TrustList(pki)
    for number in range(5):
        one = make(f"../client {number}")
        trust.set_aside(one.certificate, one.der)
        trust.set_aside(one.certificate, one.der)
    kept = sorted(path.name for path in (pki / "rejected/certs").iterdir())
    assert len(kept) == 3
    assert kept[-1].startswith(".._client_4 [")
