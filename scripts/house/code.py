"""What is counted in the code itself: comparisons with a transport, sizes of files, access, the names of files."""

import re

from places import Measure, Place, count
from source import Source

SWIFT_TRANSPORT = re.compile(
    r"(?:[!=]=|~=)\s*(?:Transport)?\.(?:polling|websocket)\b"
    r"|\.(?:polling|websocket)\s*[!=]="
    r"|\b(?:case|,)\s+(?:let\s+)?(?:Transport)?\.(?:polling|websocket)\b"
    r"|\btransport\??\s*[!=]=(?!\s*(?:Transport)?\.(?:polling|websocket)\b)(?!\s*nil\b)"
    r"|[!=]=\s*(?:\w+\.)*transport\b(?!\()"
    r"|\btransport[?!]?\.(?:is|uses|has)[A-Z]\w*"
    r"|\.(?:is|uses)(?:Over)?(?:Polling|WebSocket|Websocket)\b(?!\()"
    r"|\b(?:is|as[?!])\s+(?:\w*WebSocket\w*|\w*Polling\w*)Transport\b"
)
C_TRANSPORT = re.compile(
    r"\btransports?(?:\[\w+\])?\s*[!=]=(?!\s*(?:0|NULL)\b)"
    r"|[!=]=\s*(?:\w+(?:->|\.))*transport\b(?!\()"
    r"|\bcase\s+LUAHOST_\w*(?:POLLING|WEBSOCKET)\b"
    r"|[!=]=\s*LUAHOST_\w*(?:POLLING|WEBSOCKET)\b"
)
# There `isPolling` is whether a poll is under way, which is not a question about the transport.
OTHER_POLLING = {"Sources/EngineIO/PollingStateMachine.swift"}
CASE_OF_LIST = re.compile(r"\bcase\s[^:{}]*$")


def transports(sources: list[Source]) -> Measure:
    places = []
    for source in sources:
        if not source.name.startswith("Sources/") or source.path.suffix not in (".swift", ".c", ".h"):
            continue
        pattern = SWIFT_TRANSPORT if source.path.suffix == ".swift" else C_TRANSPORT
        for match in pattern.finditer(source.code):
            text = match.group()
            if source.name in OTHER_POLLING and "isPolling" in text:
                continue
            if text.startswith(","):
                # The second pattern of a case; elsewhere a comma separates arguments.
                line_start = source.code.rfind("\n", 0, match.start()) + 1
                if not CASE_OF_LIST.search(source.code[line_start : match.start()]):
                    continue
            number = source.line_at(match.start() + len(text) - len(text.lstrip()))
            places.append(Place(source.name, number, source.lines[number - 1].strip()))
    return count("transports", "comparisons with a transport", 4, places)


def long_files(sources: list[Source], limit: int = 400) -> Measure:
    places = []
    for source in sources:
        lines = len(source.lines) - (source.lines[-1] == "")
        if source.path.suffix != ".md" and lines > limit:
            places.append(Place(source.name, lines, f"{lines} lines"))
    return count("long-files", f"files over {limit} lines", 0, places)


PRODUCTS = ("Sources/EngineIO/", "Sources/EngineIOClient/", "Sources/SocketIO/", "Sources/SocketIOClient/")


def public(sources: list[Source]) -> Measure:
    places = []
    for source in sources:
        if source.path.suffix != ".swift" or not source.name.startswith("Sources/"):
            continue
        if source.name.startswith(PRODUCTS):
            continue
        for match in re.finditer(r"\bpublic\s+(?=[a-z@])|\bopen\s+(?=class|func|var|override)", source.code):
            number = source.line_at(match.start())
            places.append(Place(source.name, number, source.lines[number - 1].strip()))
    return count("public", "`public` outside the products", 0, places)


TYPE = re.compile(r"^((?:[\w@]+(?:\([^)]*\))?\s+)*)(?:class|struct|enum|actor|protocol)\s+(\w+)", re.MULTILINE)


def misplaced_types(sources: list[Source]) -> Measure:
    """Types that another file of `Sources` uses, and that do not live in a file of their name."""
    swift = [source for source in sources if source.path.suffix == ".swift" and source.name.startswith("Sources/")]
    words = {source.name: set(re.findall(r"\w+", source.code)) for source in swift}
    places = []
    for source in swift:
        stem = source.path.stem.split("+")[0]
        for match in TYPE.finditer(source.code):
            name = match.group(2)
            if name == stem or "private" in match.group(1):
                continue
            users = [other for other, used in words.items() if other != source.name and name in used]
            if users:
                number = source.line_at(match.start(2))
                places.append(Place(source.name, number, f"{name}, used by {users[0]}"))
    return count("types", "shared types in a file of another name", 0, places)
