"""Where a publisher listens: checking what the user wrote, binding it, and leaving nothing behind."""

from __future__ import annotations

import errno
import os
import re
import socket as sockets
import stat
from dataclasses import dataclass
from typing import Any, Final

import zmq

from toolkit.errors import ConfigError

# struct sockaddr_un has 108 bytes for the path and its closing zero.
MAX_IPC_PATH: Final = 107
BACKLOG: Final = 100
_TCP: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5}|\*)")
_FORMS: Final = "it is like 'ipc:///tmp/game.sock' or 'tcp://127.0.0.1:5555'"


@dataclass(frozen=True, slots=True)
class SocketFile:
    """The file of an ipc endpoint, removed by the process that made it and only while it is still that very file."""

    path: str
    device: int
    inode: int
    owner: int

    def remove(self) -> None:
        """To be called once, before the socket is closed: while that is open, nobody else gets its inode number.

        Safe in a forked process, and when somebody else took the path over.
        """
        if os.getpid() != self.owner:
            return
        try:
            found = os.lstat(self.path)
            if (found.st_dev, found.st_ino) == (self.device, self.inode):
                os.unlink(self.path)
        except OSError:
            # Gone already, with its folder perhaps: that is what was wanted.
            pass


def split(endpoint: str, *, wildcards: bool) -> tuple[str, str]:
    """The transport, "ipc" or "tcp", and the rest. With `wildcards` a TCP host or port may be *, and a port 0.

    Raises:
        ConfigError: It is no endpoint; says what one looks like.
    """
    if not isinstance(endpoint, str) or not endpoint.isprintable():
        raise ConfigError(f"an endpoint is printable text, got {endpoint!r}; {_FORMS}")
    scheme, separator, rest = endpoint.partition("://")
    if not separator or scheme not in ("ipc", "tcp"):
        raise ConfigError(f"{endpoint!r} is no endpoint; {_FORMS}")
    if scheme == "ipc":
        if rest in ("", "*", "@"):
            raise ConfigError(f"{endpoint!r} names no socket file; {_FORMS}")
        return scheme, rest
    match = _TCP.fullmatch(rest)
    if match is None:
        raise ConfigError(f"{endpoint!r} has no host and port; {_FORMS}")
    port = match["port"]
    if port != "*" and int(port) > 65535:
        raise ConfigError(f"{endpoint!r}: a port is at most 65535")
    if not wildcards and (port in ("*", "0") or match["host"] == "*"):
        raise ConfigError(
            f"{endpoint!r} leaves the host or the port open; give the one that the emulator got: its publish_endpoint"
        )
    return scheme, rest


def bind(socket: zmq.Socket[Any], endpoint: str) -> tuple[str, SocketFile | None]:
    """Binds the socket; returns the endpoint it really has, and the file that is to be removed afterwards, if any.

    Raises:
        ConfigError: It is no endpoint, is taken, or is not allowed; says what to do.
    """
    scheme, rest = split(endpoint, wildcards=True)
    if scheme == "ipc":
        return _bind_ipc(socket, rest)
    if rest.startswith("["):
        socket.setsockopt(zmq.IPV6, 1)
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        raise ConfigError(f"cannot publish on {endpoint!r}: {_explain_tcp(error)}") from error
    return socket.getsockopt_string(zmq.LAST_ENDPOINT), None


def _explain_tcp(error: zmq.ZMQError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is in use; take another, or port * for any that is free"
    if error.errno == errno.EACCES:
        return "this user may not use that port; take one above 1023, or port * for any that is free"
    if error.errno in (errno.ENODEV, errno.EADDRNOTAVAIL):
        return "no network interface here has that address; use 127.0.0.1 for this host only, * for every interface"
    return f"{error}; {_FORMS}"


def _bind_ipc(socket: zmq.Socket[Any], name: str) -> tuple[str, SocketFile | None]:
    # ZeroMQ would delete whatever file is in its way, even the socket of another publisher. So the socket is bound
    # here, where a path that is taken is an error, and handed to it.
    abstract = name.startswith("@")
    path = name if abstract else os.path.abspath(name)
    endpoint = f"ipc://{path}"
    if len(os.fsencode(path)) > MAX_IPC_PATH:
        raise ConfigError(f"{endpoint!r} is too long: the path of a socket has at most {MAX_IPC_PATH} bytes; use /tmp")
    listener = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    file = None
    try:
        try:
            if not abstract:
                _remove_stale(path)
            listener.bind("\0" + path[1:] if abstract else path)
            if not abstract:
                found = os.lstat(path)
                file = SocketFile(path, found.st_dev, found.st_ino, os.getpid())
            listener.listen(BACKLOG)
            listener.setblocking(False)
        except OSError as error:
            raise ConfigError(f"cannot publish on {endpoint!r}: {_explain_ipc(error)}") from error
        socket.setsockopt(zmq.USE_FD, listener.fileno())
        socket.bind(endpoint)
    except BaseException as error:
        listener.close()
        if file is not None:
            file.remove()
        if isinstance(error, zmq.ZMQError):
            raise ConfigError(f"cannot publish on {endpoint!r}: {error}") from error
        raise
    listener.detach()
    return endpoint, file


def _explain_ipc(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another publisher listens there, or a file is in the way; take another path"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "its folder does not exist; make it, or take another path"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.strerror}; take a folder that can be written, such as /tmp"
    return str(error.strerror or error)


def _remove_stale(path: str) -> None:
    """Removes the socket of a publisher that was killed: one that refuses connections. Nothing else is touched."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return
    except FileNotFoundError:
        return
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except BlockingIOError:
            # Its backlog is full: somebody listens.
            pass
