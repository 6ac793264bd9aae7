"""Stored properties and Bools of the session's and the VM's types, and of the types that these alone own."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from places import Measure, Place
from source import Source

SWIFT_ROOTS = ["ClientSession"]
C_ROOTS = ["luahost_vm", "luahost_client", "luahost_loop"]


@dataclass
class Type:
    name: str
    file: str
    line: int
    stored: list[str] = field(default_factory=list)
    bools: list[str] = field(default_factory=list)
    holds: set[str] = field(default_factory=set)  # names that its properties own
    conforms: set[str] = field(default_factory=set)


def measures(sources: list[Source]) -> list[Measure]:
    types = _owned(_swift_types(sources), SWIFT_ROOTS) + _owned(_c_types(sources), C_ROOTS)
    return [
        _largest("properties", "stored properties of a type of the session or VM", 20, types, lambda t: t.stored),
        _largest("bools", "Bools of a type of the session or VM", 3, types, lambda t: t.bools),
    ]


def _largest(name, title, limit, types, of) -> Measure:
    ranked = sorted(types, key=lambda type: -len(of(type)))
    value = len(of(ranked[0])) if ranked else 0
    places = [Place(t.file, t.line, f"{t.name}: {len(of(t))} ({', '.join(of(t))})") for t in ranked]
    if not types:
        places, value = [Place("Sources", 0, "the types were not found")], limit + 1
    return Measure(name, title, limit, value, places)


def _owned(types: dict[str, Type], roots: list[str]) -> list[Type]:
    """The roots, and what they reach that nothing else holds."""
    missing = [root for root in roots if root not in types]
    if missing:
        return []
    conformers = defaultdict(set)
    for type in types.values():
        for protocol in type.conforms:
            conformers[protocol].add(type.name)
    holders = defaultdict(set)
    held = defaultdict(set)
    for type in types.values():
        for name in type.holds:
            for real in {name} & types.keys() | conformers[name]:
                if real != type.name:
                    holders[real].add(type.name)
                    held[type.name].add(real)
    reached, waiting = set(roots), list(roots)
    while waiting:
        for name in held[waiting.pop()] - reached:
            reached.add(name)
            waiting.append(name)
    while True:
        shared = {name for name in reached - set(roots) if not holders[name] <= reached}
        if not shared:
            return [types[name] for name in reached]
        reached -= shared


DECLARATION = re.compile(
    r"(?P<attributes>(?:[\w@]+(?:\([^)]*\))?\s+)*)(?P<kind>class|struct|actor|enum)\s+(?P<name>\w+)"
    r"(?P<inherits>[^{]*)\{"
)
PROPERTY = re.compile(
    r"^(?P<before>(?:[\w@]+(?:\([\w ]*\))?\s+)*)(?:var|let)\s+(?P<name>\w+)\s*(?P<rest>.*)$", re.DOTALL
)


def _swift_types(sources: list[Source]) -> dict[str, Type]:
    types: dict[str, Type] = {}
    for source in sources:
        if source.path.suffix != ".swift" or not source.name.startswith("Sources/"):
            continue
        for match in DECLARATION.finditer(source.code):
            if re.search(r"\bcase\b", match.group("attributes")) or match.group("name") in ("func", "var", "let"):
                continue
            type = Type(match.group("name"), source.name, source.line_at(match.start("kind")))
            type.conforms = set(re.findall(r"\w+", match.group("inherits")))
            _read_body(type, _body(source.code, match.end() - 1), is_enum=match.group("kind") == "enum")
            # Of types with one name, as nested ones may have, the larger counts.
            if type.name not in types or len(type.stored) > len(types[type.name].stored):
                types[type.name] = type
    return types


def _body(code: str, opening: int) -> str:
    depth = 0
    for at in range(opening, len(code)):
        depth += (code[at] == "{") - (code[at] == "}")
        if depth == 0:
            return code[opening + 1 : at]
    return code[opening + 1 :]


def _statements(body: str) -> list[str]:
    """The declarations directly within a body: each with its own braces."""
    result, depth, current = [], 0, []
    for line in body.split("\n"):
        current.append(line)
        depth += len(re.findall(r"[{(\[]", line)) - len(re.findall(r"[})\]]", line))
        if depth == 0 and not re.search(r"[,=:]\s*$", line) and line.strip() != "":
            # Attributes may stand on a line of their own.
            if re.fullmatch(r"(\s*@\w+(\([^)]*\))?)+\s*", line):
                continue
            result.append("\n".join(current).strip())
            current = []
    return result


def _read_body(type: Type, body: str, is_enum: bool) -> None:
    for statement in _statements(body):
        if is_enum:
            for case in re.finditer(r"^(?:indirect\s+)?case\b(.*)", statement, re.DOTALL):
                type.holds |= _owned_names(case.group(1))
            continue
        match = PROPERTY.match(statement)
        if not match or re.search(r"\b(?:static|class|case|func|return|if|guard)\b", match.group("before")):
            continue
        rest = match.group("rest")
        if "{" in rest and not _is_stored(rest):
            continue
        annotation = re.match(r":\s*(.*)", rest, re.DOTALL)
        value = re.sub(r"\{.*", "", rest, flags=re.DOTALL) if annotation else rest
        type.stored.append(match.group("name"))
        if re.match(r":\s*Bool\b|=\s*(?:true|false)\b", rest):
            type.bools.append(match.group("name"))
        if not re.search(r"\b(?:weak|unowned)\b", match.group("before")) and "Unmanaged<" not in value:
            type.holds |= _owned_names(value)


def _is_stored(rest: str) -> bool:
    """Whether the braces are of observers, or of a closure that is the value."""
    before, braces = rest.split("{", 1)
    if re.match(r"\s*(?:didSet|willSet)\b", braces):
        return True
    return bool(re.search(r"=", re.sub(r"==|->", "", before)))


def _owned_names(text: str) -> set[str]:
    # What a closure takes or returns is not held by it.
    if "->" in text:
        return set()
    return set(re.findall(r"\b[A-Z]\w*", text))


STRUCT = re.compile(r"\b(?:typedef\s+)?struct\s+(\w+)?\s*\{")


def _c_types(sources: list[Source]) -> dict[str, Type]:
    types: dict[str, Type] = {}
    for source in sources:
        if source.path.suffix not in (".c", ".h") or not source.name.startswith("Sources/CLuaHost/"):
            continue
        for match in STRUCT.finditer(source.code):
            body = _body(source.code, match.end() - 1)
            after = source.code[match.end() + len(body) + 1 :]
            name = match.group(1) or (re.match(r"\s*(\w+)", after) or [None, None])[1]
            if name and not _is_table(body):
                type = Type(name, source.name, source.line_at(match.start()))
                _read_fields(type, body)
                types[name] = type
    return types


def _is_table(body: str) -> bool:
    """Whether all fields are functions: an interface, which stores nothing."""
    return all(re.search(r"\(\s*\*\s*\w+\s*\)\s*\(", one) for one in body.split(";") if one.strip())


def _read_fields(type: Type, body: str) -> None:
    # A struct or union without a name of its own counts as a type of its own.
    while (inner := re.search(r"\b(?:struct|union)\s*(?:\w+\s*)?\{", body)) is not None:
        within = _body(body, inner.end() - 1)
        if inner.group().startswith("union"):
            body = body[: inner.start()] + "int union" + body[inner.end() + len(within) + 1 :]
        else:
            body = body[: inner.start()] + "int nested" + body[inner.end() + len(within) + 1 :]
    for statement in re.sub(r"^\s*#.*$", "", body, flags=re.MULTILINE).split(";"):
        statement = " ".join(statement.split())
        if not statement:
            continue
        pointer = re.match(r".*\(\s*\*\s*(\w+)\s*\)\s*\(", statement)
        if pointer:
            type.stored.append(pointer.group(1))
            continue
        names = re.split(r",", statement)
        first = re.match(r"(.*?)(\w+)\s*(\[.*\]|:\s*\d+)?$", names[0].strip())
        fields = ([first.group(2)] if first else []) + [name.strip(" *") for name in names[1:]]
        declared = first.group(1) if first else ""
        type.stored += fields
        if re.search(r"\b(?:bool|_Bool)\b", declared) or re.search(r":\s*1\s*$", statement):
            type.bools += fields
        type.holds |= set(re.findall(r"\b\w+\b", declared)) - {"const", "struct", "unsigned", "int", "char", "size_t"}
