"""The listening socket of a publisher: bound, open to no more than was asked for, and leaving nothing behind."""

from __future__ import annotations

import errno
import fcntl
import ipaddress
import os
import select
import socket as sockets
import stat
import struct
from dataclasses import dataclass
from typing import Any, Final

from toolkit.checks import check_flag
from toolkit.errors import ConfigError
from toolkit.limits import limit_error
from toolkit.link.descriptors import socket_above_standard
from toolkit.publication.endpoint import FORMS, Endpoint, split, split_tcp

# struct sockaddr_un has 108 bytes for the path and its closing zero.
MAX_IPC_PATH: Final = 107
BACKLOG: Final = 100
# Of the socket file: for this user, and for everybody who may enter its folder.
PRIVATE, PUBLIC = 0o600, 0o666
# From linux/sockios.h: the address of a network interface. struct ifreq has the name in its first 16 bytes, and the
# address in 4 bytes from the 21st on.
SIOCGIFADDR: Final = 0x8915
ALLOW: Final = "to allow that, pass publish=Endpoint({address!r}, anywhere=True) of toolkit.publication"


@dataclass(frozen=True, slots=True)
class SocketFile:
    """The file of an ipc endpoint, removed by the process that made it and only while it is still that very file."""

    path: str
    device: int
    inode: int
    owner: int

    def remove(self) -> None:
        """To be called before the socket is closed: while that is open, nobody else gets its inode number.

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


class Listener:
    """A socket on which connections wait to be accepted by a broker.

    Args:
        endpoint: Where.

    Raises:
        ConfigError: It is no endpoint, is taken, is not allowed, or reaches further than was asked for.
    """

    endpoint: str
    """Where it listens, with the real port and an absolute path."""
    file: SocketFile | None = None
    """The file of an ipc endpoint. It is removed by `close`, and has to be by whoever does not come to that."""

    def __init__(self, endpoint: str | Endpoint) -> None:
        wanted = endpoint if isinstance(endpoint, Endpoint) else Endpoint(endpoint)
        # A text such as "no" would let everybody in.
        anywhere = check_flag("anywhere", wanted.anywhere)
        scheme, rest = split(wanted.address, wildcards=True)
        if scheme == "ipc":
            self.socket, self.endpoint, self.file = _listen_ipc(rest, anywhere)
        else:
            self.socket, self.endpoint = _listen_tcp(wanted.address, rest, anywhere)
        try:
            self._poll = select.poll()
            self._poll.register(self.socket, select.POLLIN)
        except BaseException:
            self.close()
            raise

    def waits(self) -> bool:
        """Whether somebody has connected and was not accepted."""
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Removes the file, too. Safe to call twice, and in a forked process."""
        # While the socket is open, no other file can be taken for its own: so an interrupted removal may be repeated.
        if self.file is not None and self.socket.fileno() >= 0:
            self.file.remove()
        self.socket.close()


# --- TCP --------------------------------------------------------------------------------------------------------------


def _listen_tcp(endpoint: str, rest: str, anywhere: bool) -> tuple[sockets.socket, str]:
    host, port = split_tcp(endpoint, rest)
    try:
        family, address = _resolve(host, port)
        if not anywhere and not _is_loopback(address[0]):
            raise ConfigError(
                f"{endpoint!r} could be reached by other hosts, and whoever reaches it may listen: use 127.0.0.1 for "
                f"this host only; {ALLOW.format(address=endpoint)}"
            )
        listener = socket_above_standard(sockets.socket(family, sockets.SOCK_STREAM))
        try:
            # As usual for servers: a port can be had again while connections of before are still being closed.
            listener.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
            listener.setblocking(False)
            name, port = listener.getsockname()[:2]
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        tried = f"cannot publish on {endpoint!r}"
        raise limit_error(error, tried) or ConfigError(f"{tried}: {_explain_tcp(error)}") from error
    return listener, f"tcp://[{name}]:{port}" if family == sockets.AF_INET6 else f"tcp://{name}:{port}"


def _resolve(host: str, port: int) -> tuple[sockets.AddressFamily, Any]:
    """The address to bind; OSError if there is none. No name server is asked."""
    if ":" in host:
        family, _, _, _, address = sockets.getaddrinfo(
            host, port, sockets.AF_INET6, sockets.SOCK_STREAM, flags=sockets.AI_NUMERICHOST
        )[0]
        return family, address
    if host == "*":
        return sockets.AF_INET, ("0.0.0.0", port)
    if host == "localhost":
        return sockets.AF_INET, ("127.0.0.1", port)
    try:
        return sockets.AF_INET, (str(ipaddress.IPv4Address(host)), port)
    except ValueError:
        return sockets.AF_INET, (_interface_address(host), port)


def _interface_address(name: str) -> str:
    """The IPv4 address of a network interface."""
    encoded = os.fsencode(name)
    if len(encoded) > 15:
        raise OSError(errno.ENODEV, "no such interface")
    with sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM) as probe:
        found = fcntl.ioctl(probe, SIOCGIFADDR, struct.pack("40s", encoded))
    return sockets.inet_ntoa(found[20:24])


def _is_loopback(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _explain_tcp(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is in use; take another, or port * for any that is free"
    if error.errno == errno.EACCES:
        return "this user may not use that port; take one above 1023, or port * for any that is free"
    if error.errno in (errno.ENODEV, errno.EADDRNOTAVAIL):
        return "no network interface here has that address; use 127.0.0.1 for this host only, * for every interface"
    return f"{error.strerror or error}; {FORMS}"


# --- ipc --------------------------------------------------------------------------------------------------------------


def _listen_ipc(name: str, anywhere: bool) -> tuple[sockets.socket, str, SocketFile | None]:
    # ZeroMQ would delete whatever file is in its way, even the socket of another publisher. Here a path that is taken
    # is an error.
    abstract = name.startswith("@")
    path = name if abstract else os.path.abspath(name)
    endpoint = f"ipc://{path}"
    if abstract and not anywhere:
        raise ConfigError(
            f"{endpoint!r} is an abstract socket, which no file protects: every user of this host could listen; use a "
            f"path, such as 'ipc:///tmp/game.sock'; {ALLOW.format(address=endpoint)}"
        )
    if len(os.fsencode(path)) > MAX_IPC_PATH:
        raise ConfigError(f"{endpoint!r} is too long: the path of a socket has at most {MAX_IPC_PATH} bytes; use /tmp")
    listener, file = None, None
    try:
        listener = socket_above_standard(sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM))
        if not abstract:
            _remove_stale(path)
        listener.bind("\0" + path[1:] if abstract else path)
        if not abstract:
            found = os.lstat(path)
            file = SocketFile(path, found.st_dev, found.st_ino, os.getpid())
            # Whatever the umask is; and before listen(), until which nobody can connect.
            os.chmod(path, PUBLIC if anywhere else PRIVATE)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException as error:
        if file is not None:
            file.remove()
        if listener is not None:
            listener.close()
        if isinstance(error, OSError):
            tried = f"cannot publish on {endpoint!r}"
            raise limit_error(error, tried) or ConfigError(f"{tried}: {_explain_ipc(error)}") from error
        raise
    return listener, endpoint, file


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
