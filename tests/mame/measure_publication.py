"""What publishing costs a step, in microseconds: python -m tests.mame.measure_publication [STEPS]

One emulator, bout at frame_ratio 3. Whether its publisher is asked is drawn by lot for each step, so that whatever
else the machine does meets both alike (taking turns would not do: MAME's frame skipping repeats every four steps).
Shown are the medians, with nobody subscribed, with one and with ten subscribers of this host, and with one that has the
pictures sent encoded; few steps copy a picture, so the difference of the means is shown too. The first line compares
the same with the same: it tells how much of the others is noise.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import zmq

from games.homebrew import rom_path
from toolkit.emulator import Address, Emulator
from toolkit.publication import Publisher

ADDRESSES = {f"watched{i}": Address(0x02068D0A + 2 * i, "s16") for i in range(8)}
LISTEN = """
import sys, zmq
context, poller = zmq.Context(), zmq.Poller()
for _ in range(int(sys.argv[2])):
    socket = context.socket(zmq.SUB)
    for topic in sys.argv[3:]:
        socket.subscribe(topic)
    socket.connect(sys.argv[1])
    poller.register(socket, zmq.POLLIN)
while True:
    for socket, _ in poller.poll():
        socket.recv_multipart()
"""


def measure(emulator: Emulator, publisher: Publisher | None, steps: int) -> None:
    times: dict[bool, list[float]] = {False: [], True: []}
    choice = random.Random(1)
    for _ in range(2 * steps):
        published = choice.random() < 0.5
        emulator._publisher = publisher if published else None
        begin = time.perf_counter()
        emulator.step()
        times[published].append(1e6 * (time.perf_counter() - begin))
    without, with_it = (statistics.median(times[published]) for published in (False, True))
    means = [statistics.mean(times[published]) for published in (False, True)]
    print(f"  a step: {without:.1f} us without, {with_it:.1f} us with: {with_it - without:+.1f} us", end="")
    print(f" ({100 * (with_it / without - 1):+.2f} %); the means: {100 * (means[1] / means[0] - 1):+.2f} %")


def calls(publisher: Publisher, view: object, count: int) -> float:
    """Microseconds of the thread's own time in one call of the publisher, alone."""
    step: Callable[..., None] = publisher.step
    begin = time.thread_time()
    for _ in range(count):
        step(view)
    return 1e6 * (time.thread_time() - begin) / count


def main(steps: int) -> None:
    endpoint = "tcp://127.0.0.1:*"
    with Emulator("cost", rom_path("bout"), "sfiii3n", ADDRESSES, publish=endpoint) as emulator:
        publisher = emulator._publisher
        assert publisher is not None
        emulator.run(600)
        print("no publisher either time: what differs here is noise")
        measure(emulator, None, steps)
        values = ("about", "step")
        for count, topics in (
            (0, ()),
            (1, values),
            (10, values),
            (1, (*values, "image/png")),
            (1, (*values, "image/jpeg")),
        ):
            emulator._publisher = publisher
            print(f"{count} subscribed to: {', '.join(topics) or 'nothing'}")
            listener = None
            if topics:
                argv = [sys.executable, "-c", LISTEN, publisher.endpoint, str(count), *topics]
                listener = subprocess.Popen(argv)
                while not publisher.wanted():
                    emulator.step()
            measure(emulator, publisher, steps)
            if "image/png" not in topics and "image/jpeg" not in topics:
                emulator.begin_step((), 3)
                view = emulator._finish()
                print(f"  the publisher alone: {calls(publisher, view, 20_000):.2f} us")
            emulator._publisher = publisher
            if listener is not None:
                listener.kill()
                listener.wait()
                while publisher.wanted():
                    emulator.step()


if __name__ == "__main__":
    print(f"libzmq {zmq.zmq_version()}")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
