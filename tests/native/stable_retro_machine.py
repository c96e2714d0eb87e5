"""Run as a program with a ROM: what stable-retro shows of it in each of its first frames, as one JSON object."""

import json
import sys
import zlib

FRAMES = 40


def main():
    import stable_retro

    emulator = stable_retro.RetroEmulator(sys.argv[1])
    data = stable_retro.data.GameData()
    emulator.configure_data(data)
    frames = []
    for _ in range(FRAMES):
        blocks = data.memory.blocks
        screen = emulator.get_screen()
        memory = b"".join(blocks[start] for start in sorted(blocks))
        frames.append([list(screen.shape), zlib.crc32(screen.tobytes()), zlib.crc32(memory)])
        emulator.step()
    json.dump(
        {
            "frames": frames,
            "blocks": [[start, len(blocks[start])] for start in sorted(blocks)],
            "rate": emulator.get_screen_rate(),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
