import stat
from pathlib import Path

from cryptography import x509

from opcua_server.pki import own_identity, usable


def test_an_identity_is_made_once_and_kept(tmp_path: Path) -> None:
    first = own_identity(tmp_path, "urn:test:app")
    content = first.certificate.read_bytes()
    assert own_identity(tmp_path, "urn:test:app") == first
    assert first.certificate.read_bytes() == content
    assert not list(tmp_path.rglob("*.partial"))


def test_the_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    identity = own_identity(tmp_path, "urn:test:app")
    assert stat.S_IMODE(identity.key.stat().st_mode) == 0o600


def test_a_certificate_of_another_application_or_a_broken_one_is_replaced(tmp_path: Path) -> None:
    identity = own_identity(tmp_path, "urn:test:app")
    assert not usable(identity, "urn:other:app")
    identity.certificate.write_bytes(b"not a certificate")
    assert usable(own_identity(tmp_path, "urn:test:app"), "urn:test:app")


def test_the_certificate_names_the_application_and_this_machine(tmp_path: Path) -> None:
    identity = own_identity(tmp_path, "urn:test:app")
    certificate = x509.load_der_x509_certificate(identity.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ["urn:test:app"]
    assert "localhost" in names.get_values_for_type(x509.DNSName)
