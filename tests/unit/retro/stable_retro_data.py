"""Run as a program: what stable-retro itself makes of integrations and memory.

Reads a JSON object from stdin: `rom`, `folder` (to write to), `window` (an address and how many bytes from there on
are set), and `cases`, each with `data`, `scenario`, `writes` (bytes in hex, one text per update) and `actions`. Prints
one JSON object: `order`, the blocks' addresses and sizes, and per case what came of it.
"""

import json
import os
import sys

import stable_retro

REWARDED_PLAYERS = 2


def main():
    request = json.load(sys.stdin)
    emulator = stable_retro.RetroEmulator(request["rom"])
    start, size = request["window"]
    results = []
    for case in request["cases"]:
        data = stable_retro.data.GameData()
        emulator.configure_data(data)
        paths = []
        for name in ("data", "scenario"):
            paths.append(os.path.join(request["folder"], f"{name}.json"))
            with open(paths[-1], "w") as file:
                json.dump(case[name], file)
        assert data.load(*paths)
        data.reset()
        updates = []
        for text in case["writes"]:
            for place, byte in enumerate(bytes.fromhex(text)):
                data.memory.assign(start + place, "|u1", byte)
            data.update_ram()
            base, block = next((b, m) for b, m in data.memory.blocks.items() if b <= start < b + len(m))
            updates.append(
                {
                    "memory": block[start - base : start - base + size].hex(),
                    "values": data.lookup_all(),
                    "rewards": [data.current_reward(player) for player in range(REWARDED_PLAYERS)],
                    "totals": [data.total_reward(player) for player in range(REWARDED_PLAYERS)],
                    "done": data.is_done(),
                }
            )
        encoded = {}
        for name, value in case.get("set", {}).items():
            data.set_value(name, value)
            encoded[name] = data.memory.blocks[base][start - base : start - base + size].hex()
        results.append(
            {
                "updates": updates,
                "encoded": encoded,
                "valid_actions": data.valid_actions(),
                "filtered": [data.filter_action(action) for action in case["actions"]],
                "crops": [data.crop_info(player) for player in range(REWARDED_PLAYERS)],
            }
        )
    blocks = sorted((base, len(block)) for base, block in data.memory.blocks.items())
    json.dump({"blocks": blocks, "cases": results}, sys.stdout)


main()
