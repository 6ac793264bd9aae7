"""The measure that every part of this folder returns."""

from dataclasses import dataclass, field


@dataclass
class Place:
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass
class Measure:
    name: str  # for --list
    title: str
    limit: int
    value: int
    places: list[Place] = field(default_factory=list)


def count(name: str, title: str, limit: int, places: list[Place]) -> Measure:
    return Measure(name, title, limit, len(places), places)
