"""Several Street Fighter environments at once, each in a thread of its own with a random agent.

This is how Hogwild training runs: one process, so that all agents share one set of weights without locks, and one
emulator for each. While a thread waits for its emulator it lets the others run.

    python examples/hogwild_random.py                     eight workers, bout, for a minute
    python examples/hogwild_random.py --workers 2 --roms ~/roms

Ctrl-C ends it at any time.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from games.homebrew import rom_path
from games.street_fighter import Environment


@dataclass
class Worker:
    """What one thread has done so far. Only that thread writes, and everybody may read."""

    number: int
    state: str = "starting"
    steps: int = 0
    frames: int = 0  # since play began
    stage: int = 1
    rounds: int = 0
    games: int = 0
    reward: float = 0
    refresh_rate: float = 0.0
    error: BaseException | None = None

    def run(self, arguments: argparse.Namespace, stop: threading.Event) -> None:
        """Plays until `stop` is set; a failure ends this worker and no other."""
        try:
            with Environment(
                f"hogwild-{self.number}",
                arguments.roms or rom_path("bout"),
                difficulty=arguments.difficulty,
                frame_ratio=arguments.frame_ratio,
                frames_per_step=arguments.frames_per_step,
                render=arguments.render,
                throttle=arguments.throttle,
            ) as env:
                if not stop.is_set():
                    self.play(env, np.random.default_rng((arguments.seed, self.number)), arguments.steps, stop)
            self.state = "done"
        except Exception as error:
            self.state, self.error = "failed", error

    def play(self, env: Environment, random: np.random.Generator, steps: int | None, stop: threading.Event) -> None:
        move_count, attack_count = env.action_counts
        self.refresh_rate = env.emulator.refresh_rate
        env.start()
        first_frame = env.emulator.frame_number
        self.state = "playing"
        while not stop.is_set() and (steps is None or self.steps < steps):
            result = env.step(random.integers(move_count), random.integers(attack_count))
            self.reward += result.reward["P1"]
            self.rounds += result.round_done
            self.games += result.game_done
            if result.round_done:
                env.reset()
            self.stage = env.stage
            self.frames = env.emulator.frame_number - first_frame
            self.steps += 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=8, metavar="N", help="threads and emulators (default: 8)")
    parser.add_argument("--roms", metavar="PATH", help="folder with the ROM set sfiii3n (default: bout, our own game)")
    parser.add_argument("--steps", type=int, metavar="N", help="stop each worker after N steps")
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="stop after S seconds of play (default: 60 without --steps)"
    )
    parser.add_argument("--difficulty", type=int, default=3, metavar="D", help="0 to 7 (default: 3)")
    parser.add_argument("--frame-ratio", type=int, default=3, metavar="N", help="emulated frames a frame (default: 3)")
    parser.add_argument("--frames-per-step", type=int, default=3, metavar="N", help="frames a step (default: 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    parser.add_argument("--render", action="store_true", help="open the emulators' windows")
    parser.add_argument("--throttle", action="store_true", help="run at the machine's own speed")
    arguments = parser.parse_args()
    if arguments.workers < 1:
        parser.error("--workers must be 1 or more")
    if arguments.seconds is None and arguments.steps is None:
        arguments.seconds = 60.0
    return arguments


def wait_for_all(workers: list[Worker]) -> None:
    """Until every worker plays, or has failed to: the start is no part of the speed."""
    while any(worker.state == "starting" for worker in workers):
        time.sleep(0.05)


def watch(workers: list[Worker], threads: list[threading.Thread], seconds: float | None) -> None:
    """Shows what all workers do together, until the time is up or all are done."""
    begin = time.monotonic()
    seen_frames, seen_at = sum(worker.frames for worker in workers), begin
    with tqdm(unit=" steps", dynamic_ncols=True, mininterval=0.0) as bar:
        while any(thread.is_alive() for thread in threads):
            now = time.monotonic()
            if seconds is not None and now - begin >= seconds:
                break
            if now - seen_at >= 1.0:
                frames = sum(worker.frames for worker in workers)
                speed = (frames - seen_frames) / (now - seen_at)
                seen_frames, seen_at = frames, now
                rate = max(worker.refresh_rate for worker in workers)
                playing = sum(worker.state == "playing" for worker in workers)
                share = f", {speed / rate:.0%} of real time" if rate else ""
                stages = " ".join("-" if worker.error else str(worker.stage) for worker in workers)
                bar.set_postfix_str(f"{speed:.0f} frames/s{share}, {playing} playing, stages {stages}", refresh=False)
            bar.update(sum(worker.steps for worker in workers) - bar.n)
            time.sleep(0.1)


def report(workers: list[Worker], frames: int, seconds: float) -> None:
    """What each worker did, and how fast all were from when the last of them began: `frames` in `seconds`."""
    for worker in workers:
        print(
            f"worker {worker.number}: {worker.state}, {worker.steps} steps, {worker.frames} frames, {worker.rounds} "
            f"rounds, {worker.games} games over, stage {worker.stage}, reward {worker.reward:.0f}"
        )
        if worker.error is not None:
            print(f"    {type(worker.error).__name__}: {str(worker.error).splitlines()[0]}")
    rate = max(worker.refresh_rate for worker in workers)
    share = f", {frames / seconds / rate:.0%} of real time" if rate else ""
    print(f"together: {sum(worker.steps for worker in workers)} steps, {frames / seconds:.0f} frames/s{share}")


def main() -> int:
    arguments = parse_arguments()
    stop = threading.Event()
    workers = [Worker(number) for number in range(arguments.workers)]
    threads = [threading.Thread(target=worker.run, args=(arguments, stop), daemon=True) for worker in workers]
    begin, first_frames = time.monotonic(), 0
    try:
        for thread in threads:
            thread.start()
        print(f"starting {len(workers)} emulators")
        wait_for_all(workers)
        begin, first_frames = time.monotonic(), sum(worker.frames for worker in workers)
        watch(workers, threads, arguments.seconds)
    except KeyboardInterrupt:
        print("stopping; who is still starting does so first. Ctrl-C again leaves at once")
    finally:
        stop.set()
        seconds, frames = time.monotonic() - begin, sum(worker.frames for worker in workers) - first_frames
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    report(workers, frames, seconds)
    return 1 if any(worker.error for worker in workers) else 0


if __name__ == "__main__":
    sys.exit(main())
