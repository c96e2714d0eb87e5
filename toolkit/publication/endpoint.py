"""What an endpoint is, and checking what the user wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from toolkit.errors import ConfigError

_TCP: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5}|\*)", re.ASCII)
FORMS: Final = "it is like 'ipc:///tmp/game.sock' or 'tcp://127.0.0.1:5555'"
MAX_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an emulator publishes, and who may listen there; wherever `publish=` is, it may be one of these.

        Emulator("env0", roms, "sfiii3n", addresses, publish=Endpoint("tcp://*:5555", anywhere=True))

    A plain string is an endpoint that only this host, or this user, can reach.

    Args:
        address: "ipc:///path/of/a/socket" or "tcp://host:port"; the port may be * or 0 for any that is free, and the
            host * for every network interface.
        anywhere: Others may listen too: other hosts, where the host is not that of the loopback interface; other
            users of this host, where it is ipc. There is no password: whoever reaches the endpoint may listen.
    """

    address: str
    anywhere: bool = False


def split(endpoint: str, *, wildcards: bool) -> tuple[str, str]:
    """The transport, "ipc" or "tcp", and the rest. With `wildcards` a TCP host or port may be *, and a port 0.

    Raises:
        ConfigError: It is no endpoint; says what one looks like.
    """
    if not isinstance(endpoint, str) or not endpoint.isprintable():
        raise ConfigError(f"an endpoint is printable text, got {endpoint!r}; {FORMS}")
    scheme, separator, rest = endpoint.partition("://")
    if not separator or scheme not in ("ipc", "tcp"):
        raise ConfigError(f"{endpoint!r} is no endpoint; {FORMS}")
    if scheme == "ipc":
        if rest in ("", "*", "@"):
            raise ConfigError(f"{endpoint!r} names no socket file; {FORMS}")
        return scheme, rest
    host, port = split_tcp(endpoint, rest)
    if not wildcards and (port == 0 or host == "*"):
        raise ConfigError(
            f"{endpoint!r} leaves the host or the port open; give the one that the emulator got: its publish_endpoint"
        )
    return scheme, rest


def split_tcp(endpoint: str, rest: str) -> tuple[str, int]:
    """The host, without brackets, and the port, 0 for any, of what follows "tcp://" in `endpoint`.

    Raises:
        ConfigError: It has none.
    """
    match = _TCP.fullmatch(rest)
    if match is None:
        raise ConfigError(f"{endpoint!r} has no host and port; {FORMS}")
    port = 0 if match["port"] == "*" else int(match["port"])
    if port > MAX_PORT:
        raise ConfigError(f"{endpoint!r}: a port is at most {MAX_PORT}")
    return match["host"].strip("[]"), port
