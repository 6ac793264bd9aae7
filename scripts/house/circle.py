"""The largest circle of C files: by the functions that they name, by includes, and by callbacks that they register."""

import re
from collections import defaultdict

from places import Measure, Place
from source import Source

FOLDER = "Sources/CLuaHost/"
DEFINITION = re.compile(
    r"^(?!\s)(?!typedef|#|else\b)([\w\s*]*?)\b((?!__attribute__)\w+)\(([^;{}]*)\)[^;{}]*\{", re.MULTILINE)
POINTER_FIELD = re.compile(r"\(\s*\*\s*(\w+)\s*\)\s*\(")
# How a task goes on or ends: these belong to waiting, as a continuation of Lua's does, not to a layer.
OF_TASKS = {"on_done", "on_cancel", "on_timeout", "on_first_wait", "continuation"}
NOT_OURS = "luahost_callbacks"  # the functions of the host, which Swift fills in


def measure(sources: list[Source], limit: int = 8) -> Measure:
    files = [s for s in sources if s.name.startswith(FOLDER) and s.path.suffix in (".c", ".h")]
    arrows = _arrows(files)
    circle = max(_circles(arrows), key=len, default=[])
    size = len(circle) if len(circle) > 1 else 0
    places = []
    for one in sorted(circle) if size else []:
        for other in sorted(arrows[one]):
            if other in circle:
                reason = arrows[one][other]
                places.append(Place(one, reason[0], f"→ {other.removeprefix(FOLDER)}: {reason[1]}"))
    return Measure("circle", "files in the largest circle of C", limit, size, places)


def _arrows(files: list[Source]) -> dict[str, dict[str, tuple[int, str]]]:
    """From each file to those that it needs: the first line that says so, and by what."""
    defined: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for match in DEFINITION.finditer(file.code):
            if not re.search(r"\bstatic\b", match.group(1)):
                defined[match.group(2)].add(file.name)
    arrows: dict[str, dict[str, tuple[int, str]]] = {file.name: {} for file in files}
    by_end = {file.name.removeprefix(FOLDER): file.name for file in files}
    for file in files:
        own = {match.group(2) for match in DEFINITION.finditer(file.code)}
        for number, line in enumerate(file.lines, 1):
            include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if include:
                target = _included(include.group(1), file.name, by_end)
                if target:
                    _add(arrows, file.name, target, number, "include")
        if file.path.suffix == ".h":
            # A prototype is not a call.
            code = re.sub(r"^(?!\s)[^{}#]*?\)[^;{}]*;", _blank, file.code, flags=re.MULTILINE)
        else:
            code = file.code
        for match in re.finditer(r"\b(\w+)\s*\(", code):
            for target in defined.get(match.group(1), ()):
                if match.group(1) not in own:
                    _add(arrows, file.name, target, file.line_at(match.start()), match.group(1))
    _add_callbacks(files, defined, arrows)
    return arrows


def _blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def _included(path: str, file: str, by_end: dict[str, str]) -> str | None:
    folder = file.removeprefix(FOLDER).rpartition("/")[0]
    for candidate in (f"{folder}/{path}".lstrip("/"), path, f"include/{path}"):
        if candidate in by_end:
            return by_end[candidate]
    ends = [name for end, name in by_end.items() if end.endswith("/" + path.split("/")[-1])]
    return ends[0] if len(ends) == 1 else None


def _add(arrows, one: str, other: str, line: int, reason: str) -> None:
    if one != other:
        arrows[one].setdefault(other, (line, reason))


def _add_callbacks(files: list[Source], defined: dict[str, set[str]], arrows) -> None:
    """A use of a struct's field leads to every file whose function is put in that field, as in a table of modules."""
    fields: set[str] = set()
    orders: dict[str, list[str]] = {}
    for file in files:
        for match in re.finditer(r"\bstruct\s*(\w*)\s*\{([^}]*)\}\s*(\w*)", file.code):
            if NOT_OURS in (match.group(1), match.group(3)):
                continue
            names = POINTER_FIELD.findall(match.group(2))
            fields |= set(names)
            if names:
                for name in {match.group(1), match.group(3)} - {""}:
                    orders[name] = _field_names(match.group(2))
    fields -= OF_TASKS
    registered: dict[str, set[str]] = defaultdict(set)

    def register(field: str, function: str, file: Source) -> None:
        if field in fields:
            own = {match.group(2) for match in DEFINITION.finditer(file.code)}
            registered[field] |= {file.name} if function in own else defined.get(function, set())

    for file in files:
        for match in re.finditer(r"(?:->|\.)(\w+)\s*=\s*&?(\w+)\s*[;,}\n]", file.code):
            register(match.group(1), match.group(2), file)
        for name, order in orders.items():
            table = rf"\b{name}\s*(?:\w+\s*)?(?:\[\w*\])?\s*=\s*\{{(.*?)\}};"
            for match in re.finditer(table, file.code, re.DOTALL):
                for row in re.findall(r"\{([^{}]*)\}", match.group(1)) or [match.group(1)]:
                    for field, value in zip(order, row.split(",")):
                        register(field, value.strip(" &\n"), file)
    for file in files:
        # A field of a struct within this file hides the one of a header.
        hidden = set(re.findall(r"(?<![.>])\b(\w+);", file.code)) if file.path.suffix == ".c" else set()
        for match in re.finditer(r"(?<!host)(?:->|\.)(\w+)\b(?!\s*=[^=])", file.code):
            if match.group(1) in hidden:
                continue
            for target in registered.get(match.group(1), ()):
                _add(arrows, file.name, target, file.line_at(match.start()), f"callback {match.group(1)}")


def _field_names(body: str) -> list[str]:
    names = []
    for statement in body.split(";"):
        pointer = POINTER_FIELD.search(statement)
        last = re.search(r"(\w+)\s*(?:\[[^\]]*\])?\s*$", statement)
        if pointer or last:
            names.append((pointer or last).group(1))
    return names


def _circles(arrows) -> list[list[str]]:
    """Tarjan's strongly connected components, without recursion."""
    index, low, on_stack, stack, result = {}, {}, set(), [], []
    for root in arrows:
        if root in index:
            continue
        work = [(root, iter(arrows[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(arrows[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                        on_stack.discard(component[-1])
                    result.append(component)
    return result
