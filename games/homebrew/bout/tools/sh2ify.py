"""Rewrites the two SH-4 instructions that gcc emits and SH-2 lacks, shad and shld, in an assembly listing.

Debian's sh4-linux-gnu-gcc has no -m2. Its code for -m4-nofpu differs from SH-2 code only in these two dynamic
shifts, which it also uses for shifts by a constant. This reads the listing from standard input and writes one that
`sh-elf-as --isa=sh2` accepts. The compiler must run with -fno-delayed-branch, so that no shift sits in a delay slot.

A shift whose amount was loaded by `mov #n,rM` on every way that leads to it becomes a run of fixed shifts where the T
bit, which single-bit shifts change, is not needed afterwards. Every other shift becomes a loop that preserves T.
"""

from __future__ import annotations

import re
import sys

SHIFT = re.compile(r"^\t(shad|shld)\t(r\d+),(r\d+)\s*$")
MOVE_IMMEDIATE = re.compile(r"^\tmov\t#(-?\d+),(r\d+)\s*$")
READS_T = re.compile(r"^\t(bt|bf|bt/s|bf/s|movt|addc|subc|negc|rotcl|rotcr|div1|stc|stc\.l)\b")
WRITES_T = re.compile(r"^\t(cmp/\w+|tst|tst\.b|clrt|sett|shll|shlr|shal|shar|rotl|rotr|dt|div0\w|tas\.b|jsr|bsr|rts)\b")
TARGET = re.compile(r"^\t(bra|bt|bf|bt/s|bf/s)\t(\S+)\s*$")
NO_FALL_THROUGH = re.compile(r"^\t(bra|braf|jmp|rts|rte)\b")
CALL = re.compile(r"^\t(jsr|bsr|bsrf)\b")
LABEL = re.compile(r"^([^\s:]+):")


class Listing:
    """A listing and where its labels are and are jumped to."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.labels: dict[str, int] = {}
        self.jumps: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            label = LABEL.match(line)
            if label:
                self.labels[label.group(1)] = index
            target = TARGET.match(line)
            if target:
                self.jumps.setdefault(target.group(2), []).append(index)

    def before(self, at: int) -> list[int] | None:
        """The lines that can run just before line `at`; None if that is not known."""
        found: list[int] = []
        label = LABEL.match(self.lines[at])
        if label:
            if not label.group(1).startswith(".L"):
                return None  # a function's entry
            found.extend(self.jumps.get(label.group(1), []))
        # A jump's delay slot is a nop here: the line before a label may be that nop.
        previous = at - 1
        while previous >= 0 and not self.lines[previous].strip():
            previous -= 1
        jump = previous - 1 if previous > 0 and self.lines[previous].strip() == "nop" else previous
        if previous >= 0 and not NO_FALL_THROUGH.match(self.lines[jump]):
            found.append(previous)
        return found

    def constant(self, at: int, register: str) -> int | None:
        """The value that `register` holds at line `at`, if every way there loads the same one."""
        values: set[int] = set()
        seen: set[int] = set()
        todo = self.before(at)
        if todo is None:
            return None
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            line = self.lines[here]
            moved = MOVE_IMMEDIATE.match(line)
            if moved and moved.group(2) == register:
                values.add(int(moved.group(1)))
                continue
            if writes(line, register):
                return None
            earlier = self.before(here)
            if earlier is None:
                return None
            todo.extend(earlier)
        return values.pop() if len(values) == 1 else None

    def t_is_dead(self, after: int) -> bool:
        """Whether T is overwritten on the way from line `after` before anything reads it."""
        at, seen = after + 1, set()
        while at < len(self.lines) and at not in seen:
            seen.add(at)
            line = self.lines[at]
            if READS_T.match(line):
                return False
            if WRITES_T.match(line):
                return True
            if re.match(r"^\t(braf|jmp|rte)\b", line):
                return False
            target = TARGET.match(line)
            at = self.labels[target.group(2)] if target else at + 1
        return at in seen


def writes(line: str, register: str) -> bool:
    """Whether an instruction may change `register`. Errs towards yes."""
    if not line.startswith("\t") or line.startswith("\t."):
        return False
    if CALL.match(line):
        return int(register[1:]) < 8
    if re.search(rf"@{register}\+|@-{register}\b", line):
        return True
    if re.match(r"^\t(cmp/|tst)", line):
        return False
    return re.search(rf"[\t,]{register}\s*$", line) is not None


def fixed_shift(kind: str, amount: int, register: str) -> list[str]:
    """Instructions that shift `register` by a constant: left for positive amounts."""
    out: list[str] = []
    if kind == "shad" and amount < 0:
        return [f"\tshar\t{register}"] * -amount
    direction, count = ("shll", amount) if amount >= 0 else ("shlr", -amount)
    for step in (16, 8, 2):
        while count >= step:
            out.append(f"\t{direction}{step}\t{register}")
            count -= step
    if count:
        out.append(f"\t{direction}\t{register}")
    return out


def loop_shift(kind: str, amount: str, register: str) -> list[str]:
    """A loop that shifts by the amount in a register and leaves T and that register as they were."""
    right = "shar" if kind == "shad" else "shlr"
    return [
        "\tstc.l\tsr,@-r15",
        f"\tmov.l\t{amount},@-r15",
        f"\tcmp/pz\t{amount}",
        "\tbt\t92f",
        f"91:\t{right}\t{register}",
        f"\tadd\t#1,{amount}",
        f"\tcmp/pz\t{amount}",
        "\tbf\t91b",
        "\tbra\t94f",
        "\tnop",
        f"92:\ttst\t{amount},{amount}",
        "\tbt\t94f",
        f"93:\tshll\t{register}",
        f"\tdt\t{amount}",
        "\tbf\t93b",
        f"94:\tmov.l\t@r15+,{amount}",
        "\tldc.l\t@r15+,sr",
    ]


def rewrite(lines: list[str]) -> list[str]:
    """The listing without shad and shld."""
    listing = Listing(lines)
    out: list[str] = []
    for index, line in enumerate(lines):
        found = SHIFT.match(line)
        if not found:
            out.append(line)
            continue
        kind, amount, register = found.groups()
        if amount == register:
            raise ValueError(f"line {index + 1}: a register is shifted by itself: {line.strip()}")
        value = listing.constant(index, amount)
        if value is not None and -32 < value < 32 and listing.t_is_dead(index):
            out.extend(fixed_shift(kind, value, register))
        else:
            out.extend(loop_shift(kind, amount, register))
    return out


if __name__ == "__main__":
    sys.stdout.write("\n".join(rewrite(sys.stdin.read().splitlines())) + "\n")
