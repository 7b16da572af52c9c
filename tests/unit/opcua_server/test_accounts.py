from opcua_server.accounts import Accounts, LineUser, at_least, hash_password, verify_password


def test_a_password_is_known_again_and_another_is_not() -> None:
    stored = hash_password("correct horse")
    assert verify_password("correct horse", stored)
    assert not verify_password("correct horsf", stored)
    assert "correct" not in stored


def test_equal_passwords_have_different_hashes() -> None:
    assert hash_password("same") != hash_password("same")


def test_roles_are_ordered() -> None:
    assert at_least("instructor", "operator")
    assert at_least("operator", "operator")
    assert not at_least("observer", "operator")


def test_nobody_is_an_administrator_of_the_stack() -> None:
    accounts = Accounts({"admin": (hash_password("pw"), "instructor")}, "observer")
    for user in (accounts.get_user(None, "admin", "pw"), accounts.get_user(None)):
        assert isinstance(user, LineUser)
        assert user.role.name == "User"


def test_the_name_admin_opens_nothing_without_its_password() -> None:
    accounts = Accounts({"olga": (hash_password("pw"), "operator")}, "observer")
    assert accounts.get_user(None, "admin", "anything") is None
    assert accounts.get_user(None, "olga", "wrong") is None
    assert accounts.get_user(None, "olga", None) is None


def test_anonymous_clients_can_be_turned_away() -> None:
    assert Accounts({}, None).get_user(None) is None
