import os
import socket
import stat

import psutil
import pytest

from tests.unit.publication.writer import Writer
from toolkit.errors import ConfigError
from toolkit.publication import Endpoint, Publisher, Subscriber


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("", "is no endpoint"),
        ("/tmp/x.sock", "is no endpoint"),
        ("inproc://x", "is no endpoint"),
        ("udp://127.0.0.1:5", "is no endpoint"),
        (5555, "printable text"),
        ("ipc:///tmp/a\nb", "printable text"),
        ("ipc:///tmp/\0", "printable text"),
        ("ipc://", "names no socket file"),
        ("ipc://*", "names no socket file"),
        ("ipc:///nowhere/at/all.sock", "folder does not exist"),
        (f"ipc:///tmp/{'x' * 110}", "too long"),
        ("tcp://127.0.0.1", "no host and port"),
        ("tcp://127.0.0.1:http", "no host and port"),
        ("tcp://127.0.0.1:70000", "at most 65535"),
        (Endpoint("tcp://192.0.2.1:5555", anywhere=True), "no network interface"),
        ("tcp://no-such-interface:5555", "no network interface"),
    ],
)
def test_publisher_refuses(endpoint, words):
    with pytest.raises(ConfigError, match=words):
        Publisher(endpoint)


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "tcp://*:5555", "nonsense", "ipc://"])
def test_subscriber_refuses(endpoint):
    with pytest.raises(ConfigError):
        Subscriber(endpoint)


# --- who may listen ---------------------------------------------------------------------------------------------------


def open_interfaces():
    """The names of interfaces of this host that others can reach."""
    found = psutil.net_if_addrs()
    return [
        name
        for name, addresses in found.items()
        if any(entry.family == socket.AF_INET and not entry.address.startswith("127.") for entry in addresses)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "tcp://0.0.0.0:*",
        "tcp://*:*",
        "tcp://*:5555",
        "tcp://[::]:*",
        "tcp://[::ffff:0.0.0.0]:*",
        "tcp://192.0.2.1:5555",
    ],
)
def test_other_hosts_are_only_let_in_where_that_was_asked_for(address):
    with pytest.raises(ConfigError, match=r"other hosts.*anywhere=True"):
        Publisher(address)


@pytest.mark.parametrize("anywhere", ["no", "", None, 2, 0.5])
def test_whether_others_may_listen_is_true_or_false(anywhere):
    """A text is true in Python: "no" would let other hosts in."""
    with pytest.raises(ConfigError, match="anywhere is True or False"):
        Publisher(Endpoint("tcp://*:*", anywhere=anywhere))


def test_neither_by_the_name_of_an_interface():
    for name in open_interfaces():
        with pytest.raises(ConfigError, match="other hosts"):
            Publisher(f"tcp://{name}:*")


def test_an_abstract_socket_is_only_made_where_that_was_asked_for():
    with pytest.raises(ConfigError, match=r"every user of this host.*anywhere=True"):
        Publisher(f"ipc://@coinop-test-{os.getpid()}")


@pytest.mark.parametrize(
    ("address", "bound"),
    [
        ("tcp://*:*", "tcp://0.0.0.0:"),
        ("tcp://0.0.0.0:0", "tcp://0.0.0.0:"),
        ("tcp://localhost:*", "tcp://127.0.0.1:"),
        ("tcp://lo:*", "tcp://127.0.0.1:"),
        ("tcp://127.0.0.2:*", "tcp://127.0.0.2:"),
    ],
)
def test_where_it_is_bound(address, bound):
    publisher = Publisher(Endpoint(address, anywhere="*" in address[:8] or "0.0.0" in address[:11]))
    try:
        assert publisher.endpoint.startswith(bound)
    finally:
        publisher.close()


@pytest.mark.skipif(not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"), reason="this kernel has no IPv6")
@pytest.mark.parametrize(("address", "anywhere"), [("tcp://[::1]:*", False), ("tcp://[::]:*", True)])
def test_ipv6(address, anywhere):
    with (
        Writer(Endpoint(address, anywhere=anywhere)) as writer,
        Subscriber(writer.endpoint.replace("[::]", "[::1]")) as subscriber,
    ):
        writer.step_until_heard(subscriber)


@pytest.mark.parametrize(
    ("mask", "anywhere", "mode"), [(0o000, False, 0o600), (0o777, False, 0o600), (0o077, True, 0o666)]
)
def test_the_socket_is_private_whatever_the_umask(tmp_path, mask, anywhere, mode):
    path = tmp_path / "private.sock"
    before = os.umask(mask)
    try:
        publisher = Publisher(Endpoint(f"ipc://{path}", anywhere=anywhere))
    finally:
        os.umask(before)
    try:
        assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        publisher.close()


@pytest.mark.parametrize("port", ["*", "0"])
def test_an_open_port_is_resolved_and_can_be_had_again_afterwards(port):
    publisher = Publisher(f"tcp://127.0.0.1:{port}")
    endpoint = publisher.endpoint
    try:
        assert int(endpoint.rsplit(":", 1)[1]) > 0
        with pytest.raises(ConfigError, match="in use"):
            Publisher(endpoint)
    finally:
        publisher.close()
    Publisher(endpoint).close()


def test_the_socket_file_is_there_until_close(tmp_path):
    path = tmp_path / "a 'quoted' näme.sock"
    publisher = Publisher(f"ipc://{path}")
    assert stat.S_ISSOCK(path.stat().st_mode)
    publisher.close()
    publisher.close()
    assert list(tmp_path.iterdir()) == []


def test_a_relative_path_is_reported_and_removed_as_an_absolute_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    publisher = Publisher("ipc://here.sock")
    assert publisher.endpoint == f"ipc://{tmp_path}/here.sock"
    monkeypatch.chdir("/")
    publisher.close()
    assert list(tmp_path.iterdir()) == []


def test_an_abstract_socket_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    endpoint = Endpoint(f"ipc://@coinop-test-{os.getpid()}", anywhere=True)
    with Writer(endpoint) as writer, Subscriber(writer.endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        assert list(tmp_path.iterdir()) == []


def test_a_path_that_another_publisher_has_stays_his(tmp_path):
    endpoint = f"ipc://{tmp_path}/taken.sock"
    with Writer(endpoint) as writer:
        with pytest.raises(ConfigError, match="another publisher"):
            Publisher(endpoint)
        with Subscriber(endpoint) as subscriber:
            writer.step_until_heard(subscriber)


def test_a_socket_left_by_a_killed_publisher_is_replaced(tmp_path):
    path = tmp_path / "stale.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
        left.listen()
    with Writer(f"ipc://{path}") as writer, Subscriber(writer.endpoint) as subscriber:
        writer.step_until_heard(subscriber)
    assert not path.exists()


def test_a_file_in_the_way_is_not_touched(tmp_path):
    path = tmp_path / "precious"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="in the way"):
        Publisher(f"ipc://{path}")
    assert path.read_text() == "mine"


def test_close_leaves_the_file_of_whoever_took_the_path_over(tmp_path):
    path = tmp_path / "moved.sock"
    first = Publisher(f"ipc://{path}")
    path.unlink()
    second = Publisher(f"ipc://{path}")
    first.close()
    assert path.exists()
    second.close()


def test_a_forked_process_removes_nothing(tmp_path):
    path = tmp_path / "mine.sock"
    publisher = Publisher(f"ipc://{path}")
    child = os.fork()
    if child == 0:
        publisher.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert path.exists()
    publisher.close()
    assert not path.exists()
