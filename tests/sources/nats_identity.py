"""Operators, accounts and users of NATS, as `nsc` makes them.

https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt
"""

from __future__ import annotations

import base64
import json
import os
import time
from typing import Any

import nkeys


class Operator:
    """One account with JetStream, one of the system, and one user."""

    def __init__(self) -> None:
        self._key, self._account = (
            _pair(nkeys.PREFIX_BYTE_OPERATOR),
            _pair(nkeys.PREFIX_BYTE_ACCOUNT),
        )
        self._system, self._user = _pair(nkeys.PREFIX_BYTE_ACCOUNT), _pair(nkeys.PREFIX_BYTE_USER)

    def configuration(self) -> str:
        unlimited = dict.fromkeys(["subs", "data", "payload", "conn", "leaf"], -1)
        system = _token(self._system, self._key, type="account", limits=unlimited)
        streams = dict.fromkeys(["mem_storage", "disk_storage", "streams", "consumer"], -1)
        account = _token(self._account, self._key, type="account", limits=unlimited | streams)
        return (
            f"operator: {_token(self._key, self._key, type='operator')}\n"
            f"resolver: MEMORY\nsystem_account: {_name(self._system)}\nresolver_preload: {{\n"
            f"{_name(self._account)}: {account}\n{_name(self._system)}: {system}\n}}"
        )

    def credentials(self) -> str:
        limits = {"subs": -1, "data": -1, "payload": -1}
        user = _token(self._user, self._account, type="user", **limits)
        return (
            f"-----BEGIN NATS USER JWT-----\n{user}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{self._user.seed.decode()}\n"
            "------END USER NKEY SEED------\n"
        )


def _pair(kind: int) -> Any:
    return nkeys.from_seed(bytearray(nkeys.encode_seed(os.urandom(32), kind)))


def _name(pair: Any) -> str:
    return str(pair.public_key.decode())


def _token(whom: Any, signer: Any, **told: Any) -> str:
    claims = {"iat": int(time.time()), "iss": _name(signer), "sub": _name(whom), "name": "test"}
    claims |= {"jti": "test", "nats": {"version": 2, **told}}
    parts = [_encoded(json.dumps(one).encode()) for one in (_HEAD, claims)]
    return ".".join([*parts, _encoded(signer.sign(".".join(parts).encode()))])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


_HEAD = {"typ": "JWT", "alg": "ed25519-nkey"}
