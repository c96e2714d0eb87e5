"""Run as a program: what stable-retro's searches find.

Reads a JSON object from stdin: `rom`, `start` (the address of what is written), and `rounds`, each with `bytes` in hex
and `steps`, a list of ["search", value] and ["delta", operator, reference]. Prints per round the blocks of memory, and
what was left after it: the count, whether it is unique, the first place, and all places with their types.
"""

import json
import sys

import stable_retro


def main():
    request = json.load(sys.stdin)
    emulator = stable_retro.RetroEmulator(request["rom"])
    data = stable_retro.data.GameData()
    emulator.configure_data(data)
    rounds = []
    for made in request["rounds"]:
        for place, byte in enumerate(bytes.fromhex(made["bytes"])):
            data.memory.assign(request["start"] + place, "|u1", byte)
        for kind, *arguments in made["steps"]:
            (data.search if kind == "search" else data.delta_search)(made["name"], *arguments)
        search = data.get_search(made["name"])
        rounds.append(
            {
                "blocks": {base: block.hex() for base, block in data.memory.blocks.items()},
                "count": search.num_results(),
                "unique": search.has_unique_result(),
                "first": search.unique_result() if search.num_results() else None,
                "places": [[list(place), sorted(types)] for place, types in search.typed_results()],
            }
        )
    json.dump(rounds, sys.stdout)


main()
