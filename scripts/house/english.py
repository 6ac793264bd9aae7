"""Texts, comments and names that break the rules of English in CONTRIBUTING.md."""

import re

from places import Measure, Place, count
from source import Passage, Source

BE = r"(?:is|are|was|were|be|been|being)"
# Comparisons and set phrases: "is no longer", "was no more than".
FINE_NO = (
    r"longer|more|less|fewer|later|earlier|sooner|other|one|larger|smaller|greater|higher|lower|better|worse|slower"
    r"|faster|wider|deeper|older|newer|different|such|further"
)
RULES: list[tuple[str, re.Pattern]] = [
    ("is not a (valid) …", re.compile(rf"\b{BE}\s+no\b(?!\s*[-(]|\s+(?:{FINE_NO})\b)")),
    ("is not one", re.compile(rf"\b{BE}\s+none\b(?!\s+of\b)")),
    ("an archaic word", re.compile(
        r"\b(?:beget\w*|begot\w*|mend|mends|mended|mending|anew|for\s+ever|who(?:m|so)?ever|goodbyes?|farewells?"
        r"|bears?|bore|borne)\b", re.I)),
    ("report, notify, send", re.compile(
        r"\b(?:told|telling|tells?)\b(?!(?:\s+[\w'’]+){0,3}\s+apart\b)(?!\s+(?:whether|if|which|how|where|when)\b)", re.I)),
    ("log, report, state", re.compile(
        r"\b(?:(?:be|is|are|was|were|been)\s+said\b(?!\s+to\b)|(?:say|said)\s+of\b|has\s+to\s+say\b|have\s+to\s+say\b"
        r"|hears?\b|heard\b)", re.I)),
]
THERE = re.compile(r"\b[Tt]here\s+(?:\w+\s+){0,2}\Z")  # "there is no", "there has been no"
CAN = re.compile(r"\b(?:can|can't|cannot|could|nobody can)\s+(?:not\s+)?\Z")  # as far as anybody can tell
HEADLESS = re.compile(r"(?:What|Who|Whom|Whose)\s+(?P<rest>[^.!?]*(?:\.(?=\w)[^.!?]*)*)(?P<end>[.!?]|\Z)")
SENTENCE_START = re.compile(
    r"(?:\A|(?<=[.!?])\s|\n\s*\n|^\s*[-*]\s+(?:[Pp]arameters?(?:\s+\w+)?:|[Rr]eturns:|[Tt]hrows:|\w+:)?)\s*(?=Wh(?:at|o|om|ose)\b)",
    re.M)
# Words that are not in names either.
BAD_WORDS = {
    "farewell", "farewells", "goodbye", "goodbyes", "told", "hear", "hears", "heard", "beget", "begets", "anew",
    "whoever", "mend", "mends",
}
NAME = re.compile(r"\b[A-Za-z_]\w*\b")
COLUMNS = 120


def measure(sources: list[Source]) -> Measure:
    places: list[Place] = []
    for source in sources:
        if source.name.startswith(("scripts/house/", "Tests/Integration/test_house.py")):
            continue  # the patterns themselves
        for passage in source.passages:
            places += _of_passage(source, passage)
        if source.path.suffix != ".md":
            places += _of_names(source)
        places += _long_lines(source)
    return count("english", "texts that break the rules of English", 0, places)


def _of_passage(source: Source, passage: Passage) -> list[Place]:
    text = passage.text
    if source.path.suffix == ".md":
        # Code, and what is quoted: the sources have it too.
        text = re.sub(r"`[^`]*`|\"[^\"\n]*\"|“[^”]*”", lambda match: re.sub(r"[^\n]", "x", match.group()), text)
    elif passage.kind == "comment":
        text = re.sub(r"`[^`\n]*`", lambda match: "x" * len(match.group()), text)
    found = []
    for rule, pattern in RULES:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if rule.startswith("is not") and THERE.search(before):
                continue
            if rule.startswith("report") and CAN.search(before):
                continue
            shown = " ".join([*before.split()[-3:], _shown(text, match)])
            found.append(Place(source.name, passage.line_at(match.start()), f"{rule}: {shown}"))
    if passage.kind != "row":
        found += _headless(source, passage, text)
    return found


def _headless(source: Source, passage: Passage, text: str) -> list[Place]:
    found = []
    for start in SENTENCE_START.finditer(text):
        match = HEADLESS.match(text, start.end())
        if match and match.group("end") != "?" and len(match.group("rest").split()) >= 2:
            found.append(Place(source.name, passage.line_at(match.start()), f"begin with the noun: {_shown(text, match)}"))
    return found


def _shown(text: str, match: re.Match) -> str:
    return " ".join(text[match.start() : match.start() + 90].split())


def _of_names(source: Source) -> list[Place]:
    found, seen = [], set()
    for match in NAME.finditer(source.code):
        name = match.group()
        if name in seen:
            continue
        seen.add(name)
        words = {word.lower() for part in name.split("_") for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", part)}
        if words & BAD_WORDS:
            found.append(Place(source.name, source.line_at(match.start()), f"a name: {name}"))
    return found


def _long_lines(source: Source) -> list[Place]:
    found, fenced = [], False
    for number, line in enumerate(source.lines, 1):
        if source.path.suffix == ".md":
            if line.lstrip().startswith("```"):
                fenced = not fenced
            # A row of a table cannot be wrapped, nor a link.
            if fenced or line.lstrip().startswith("|") or re.search(r"\]\(\S{40,}|https?://\S{60,}", line):
                continue
        elif not source.name.startswith("Sources/") and not re.match(r'\s*(?:#(?!")|--|//|/?\*)', line):
            continue  # of tests and scripts the comments only
        if len(line) > COLUMNS:
            found.append(Place(source.name, number, f"{len(line)} columns"))
    return found
