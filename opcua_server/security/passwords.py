"""Passwords as salted hashes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from concurrent.futures import ThreadPoolExecutor

# scrypt cost for interactive logins: Percival, "Stronger key derivation", BSDCan 2009 (16 MiB,
# tens of milliseconds: more would let a client without a password stall the server)
N, R, P, KEY_BYTES, SALT_BYTES = 2**14, 8, 1, 32, 16
WORKERS = 2  # passwords checked at once, 16 MiB each; assumed
LONGEST = 1024  # characters; what is longer is no password but a load; assumed


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Salted scrypt hash of a password, as "salt$key" in hex."""
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    key = hashlib.scrypt(password.encode(), salt=salt, n=N, r=R, p=P, dklen=KEY_BYTES)
    return f"{salt.hex()}${key.hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Whether `password` is the one `stored` was made from; takes the same time either way."""
    salt = bytes.fromhex(stored.partition("$")[0])
    return hmac.compare_digest(hash_password(password[:LONGEST], salt), stored)


_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="password")


async def verified(password: str, stored: str) -> bool:
    """`verify_password` beside the event loop: scrypt lets go of the interpreter meanwhile."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, verify_password, password, stored)


def is_hash(text: str) -> bool:
    """Whether a text has the form that `hash_password` gives."""
    salt, _dollar, key = text.partition("$")
    try:
        lengths = len(bytes.fromhex(salt)), len(bytes.fromhex(key))
    except ValueError:
        return False
    return lengths == (SALT_BYTES, KEY_BYTES)
