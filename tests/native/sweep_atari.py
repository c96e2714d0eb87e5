"""Every Atari game that ale-py has a dump of, in stable-retro and here, step by step: a table for docs/atari.md.

python -m tests.native.sweep_atari [--episodes N] [--steps N] [-o FILE] [GAME...]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import toolkit.retro as retro
from tests.native import atari_episodes, atari_roms

HEAD = (
    "| game | dump | frames | observations, memory, rewards, ends | states in mid-game |",
    "| --- | --- | --- | --- | --- |",
)
SEED = 11


def there(request):
    done = subprocess.run(
        [sys.executable, atari_episodes.__file__],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout[done.stdout.index("{") :])


def here(request):
    with retro.make(request["game"], inttype=retro.data.Integrations.CUSTOM_ONLY) as env:
        return json.loads(json.dumps(atari_episodes.play(env, request["seed"], request["episodes"], request["steps"])))


def compare(ours, theirs, what):
    """Where two lists of lists of frames differ first, as text."""
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        for frame, (left, right) in enumerate(zip(mine, other, strict=False)):
            if left != right:
                return f"{what} {number} differs at frame {frame}"
        if len(mine) != len(other):
            return f"{what} {number} has {len(mine)} frames, there {len(other)}"
    return "equal"


def sweep(games, episodes, steps):
    """Plays each game; yields its row, and how long the resets took in seconds, here and there."""
    for game in games:
        with tempfile.TemporaryDirectory() as folder:
            atari_roms.build(Path(folder), [game])
            request = {"game": game, "folder": folder, "seed": SEED, "episodes": episodes, "steps": steps}
            retro.data.add_custom_integration(folder)
            theirs, ours = there(request), here(request)
            retro.data.Integrations.clear_custom_paths()
        frames = sum(map(len, ours["episodes"] + ours["middle"]))
        parts = (("episodes", "episode"), ("middle", "play"))
        equal = [compare(ours[part], theirs[part], word) for part, word in parts]
        dump = "as meant" if atari_roms.is_meant(game) else "another"
        dump += ", without its Lua" if atari_roms.has_program(game) else ""
        whole = "" if ours["middle"][0] == ours["middle"][1] else ", incomplete"
        row = f"| {game.removesuffix(atari_roms.SUFFIX)} | {dump} | {frames:,} | {equal[0]} | {equal[1]}{whole} |"
        yield row, all(text == "equal" for text in equal), ours["reset"], theirs["reset"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("games", nargs="*", metavar="GAME")
    parser.add_argument("--episodes", type=int, default=4)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("-o", dest="output", type=Path)
    args = parser.parse_args()
    rows, good, ours, theirs = [], True, [], []
    for row, equal, mine, others in sweep(args.games or atari_roms.dumps(), args.episodes, args.steps):
        print(row, flush=True)
        rows.append(row)
        good = good and equal
        ours += mine
        theirs += others
    medians = [1e3 * statistics.median(seconds) for seconds in (ours, theirs)]
    print(f"a reset takes {medians[0]:.1f} ms, there {medians[1]:.1f} ms (median)")
    if args.output is not None:
        args.output.write_text("\n".join([*HEAD, *rows, ""]))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
