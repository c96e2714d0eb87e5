"""Peers whose measurements are given."""

from dataclasses import dataclass, field

from toolkit.benchmark.peer import Found


@dataclass(frozen=True)
class Given(Found):
    """Answers with what it was given, in turn; raises what is an exception."""

    answers: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def measure(self, script, *arguments, timeout=0.0):
        self.asked.append((script, *arguments))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def verdicts(section):
    """Ratio and verdict of each row."""
    return {row.what: (row.ratio, row.verdict) for row in section.rows()}
