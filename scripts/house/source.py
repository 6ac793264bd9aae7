"""Reads source files: splits each into its code, its comments and its texts, all with their line numbers."""

import io
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

SUFFIXES = {".swift", ".c", ".h", ".py", ".lua", ".sh", ".md"}


@dataclass
class Passage:
    """A comment, a string literal or a paragraph: text in which each line keeps its number."""

    kind: str  # "comment", "text" or "prose"
    line: int
    text: str

    def line_at(self, offset: int) -> int:
        return self.line + self.text.count("\n", 0, offset)


@dataclass
class Source:
    path: Path
    name: str  # relative to the root
    lines: list[str]
    code: str = ""  # comments and texts are blanks in it, so that offsets and lines stay
    passages: list[Passage] = field(default_factory=list)

    def line_at(self, offset: int) -> int:
        return self.code.count("\n", 0, offset) + 1


def read(path: Path, name: str) -> Source:
    text = path.read_text(encoding="utf-8", errors="replace")
    source = Source(path, name, text.split("\n"))
    if path.suffix == ".py":
        _read_python(source, text)
    elif path.suffix == ".md":
        _read_markdown(source)
    elif path.suffix in (".swift", ".c", ".h"):
        _Scanner(source, text, swift=path.suffix == ".swift").scan()
    else:
        _read_by_pattern(source, text, LUA if path.suffix == ".lua" else SHELL)
    _join_comments(source)
    return source


class _Scanner:
    """Of Swift and C, whose comments and strings look alike."""

    def __init__(self, source: Source, text: str, swift: bool):
        self.source, self.text, self.swift = source, text, swift
        self.code: list[str] = []
        self.at = 0

    def scan(self) -> None:
        self._scan_code(closing=None)
        self.source.code = "".join(self.code)

    def _blank(self, text: str) -> None:
        self.code.append(re.sub(r"[^\n]", " ", text))

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def _scan_code(self, closing: str | None) -> None:
        """Up to the parenthesis that closes an interpolation, or to the end."""
        depth = 0
        while self.at < len(self.text):
            rest = self.text[self.at : self.at + 2]
            if rest == "//":
                self._take_comment(self.text.find("\n", self.at))
            elif rest == "/*":
                self._take_comment(self._end_of_block())
            elif self._starts_string():
                self._take_string()
            elif not self.swift and rest[0] == "'":
                end = re.compile(r"'(\\.|[^'\\])*'").match(self.text, self.at)
                length = end.end() - self.at if end else 1
                self._blank(self.text[self.at : self.at + length])
                self.at += length
            else:
                if closing is not None:
                    depth += (rest[0] == "(") - (rest[0] == ")")
                    if depth < 0:
                        return
                self.code.append(rest[0])
                self.at += 1

    def _end_of_block(self) -> int:
        depth, at = 0, self.at
        while at < len(self.text):
            pair = self.text[at : at + 2]
            if pair == "/*" and (depth == 0 or self.swift):
                depth, at = depth + 1, at + 2
            elif pair == "*/":
                depth, at = depth - 1, at + 2
                if depth == 0:
                    return at
            else:
                at += 1
        return at

    def _take_comment(self, end: int) -> None:
        end = len(self.text) if end < 0 else end
        text = self.text[self.at : end]
        plain = re.sub(r"(?m)^(\s*)(///?|/\*+|\*(?!/))", lambda match: " " * len(match.group()), text)
        self.source.passages.append(Passage("comment", self._line(self.at), plain.replace("*/", "  ")))
        self._blank(text)
        self.at = end

    def _starts_string(self) -> bool:
        return bool(re.compile(r'#*"' if self.swift else r'"').match(self.text, self.at))

    def _take_string(self) -> None:
        opening = re.compile(r'(#*)("""|")' if self.swift else r'()(")').match(self.text, self.at)
        hashes, quote = opening.group(1), opening.group(2)
        start, content = self.at, []
        self._blank(opening.group())
        self.at = opening.end()
        while self.at < len(self.text):
            if self.text.startswith(quote + hashes, self.at):
                self._blank(quote + hashes)
                self.at += len(quote + hashes)
                break
            if self.swift and self.text.startswith("\\" + hashes + "(", self.at):
                self.code.append(" " * (len(hashes) + 2))
                self.at += len(hashes) + 2
                self._scan_code(closing=")")
                content.append("…")
                self.code.append(" ")
                self.at += 1
                continue
            length = 2 if not hashes and self.text[self.at] == "\\" else 1
            piece = self.text[self.at : self.at + length]
            content.append(" " if piece in ("\\n", "\\t") else piece)
            self._blank(piece)
            self.at += length
        self.source.passages.append(Passage("text", self._line(start), "".join(content)))


def _read_python(source: Source, text: str) -> None:
    code = text
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    pieces = list(code)
    middle = getattr(tokenize, "FSTRING_MIDDLE", None)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        tokens = []
    for token in tokens:
        if token.type == tokenize.COMMENT:
            source.passages.append(Passage("comment", token.start[0], token.string.lstrip("#")))
        elif token.type == tokenize.STRING or token.type == middle:
            plain = re.sub(r"^\w*('''|\"\"\"|'|\")|('''|\"\"\"|'|\")$", "", token.string)
            source.passages.append(Passage("text", token.start[0], plain.replace("\\n", " \n"[0:1])))
        else:
            continue
        start = starts[token.start[0] - 1] + token.start[1]
        end = starts[token.end[0] - 1] + token.end[1]
        for at in range(start, end):
            if pieces[at] != "\n":
                pieces[at] = " "
    source.code = "".join(pieces)


LUA = re.compile(
    r"(?P<comment>--\[(?P<c>=*)\[.*?\](?P=c)\]|--[^\n]*)"
    r"|(?P<text>\[(?P<t>=*)\[.*?\](?P=t)\]|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')",
    re.DOTALL,
)
SHELL = re.compile(
    r"(?P<comment>(?:(?<=\s)|(?<=^)|\A)#[^\n]*)|(?P<text>\"(?:\\.|[^\"\\])*\"|'[^']*')", re.DOTALL | re.MULTILINE
)


def _read_by_pattern(source: Source, text: str, pattern: re.Pattern) -> None:
    code, at = [], 0
    for match in pattern.finditer(text):
        code.append(text[at : match.start()])
        code.append(re.sub(r"[^\n]", " ", match.group()))
        at = match.end()
        kind = "comment" if match.group("comment") else "text"
        line = text.count("\n", 0, match.start()) + 1
        plain = match.group().lstrip("-#[=") if kind == "comment" else match.group().strip("\"'")
        source.passages.append(Passage(kind, line, plain))
    source.code = "".join([*code, text[at:]])


def _read_markdown(source: Source) -> None:
    """Paragraphs are prose; a heading, a row of a table, a line within a fence each stand alone."""
    fenced, paragraph, start = False, [], 1

    def flush() -> None:
        if paragraph:
            source.passages.append(Passage("prose", start, "\n".join(paragraph)))
            paragraph.clear()

    for number, line in enumerate(source.lines, 1):
        if line.lstrip().startswith("```"):
            flush()
            fenced = not fenced
        elif fenced:
            comment = re.search(r"(?:--|#|//)\s(.*)", line)
            if comment:
                source.passages.append(Passage("comment", number, comment.group(1)))
        elif not line.strip() or line.startswith("#"):
            flush()
        elif line.lstrip().startswith("|"):
            flush()
            source.passages.append(Passage("row", number, line))
        else:
            if re.match(r"\s*([-*]|\d+\.)\s", line):
                flush()
            if not paragraph:
                start = number
            paragraph.append(line)
    flush()


def _join_comments(source: Source) -> None:
    """Comments on lines that follow each other are one passage, so that a sentence may run over several."""
    joined: list[Passage] = []
    for passage in sorted(source.passages, key=lambda passage: passage.line):
        last = joined[-1] if joined else None
        alone = source.path.suffix != ".md" and passage.kind == "comment" and _is_alone(source, passage.line)
        if last and alone and last.kind == "comment" and last.line_at(len(last.text)) + 1 == passage.line:
            last.text += "\n" + passage.text
        else:
            joined.append(passage)
    source.passages = joined


def _is_alone(source: Source, line: int) -> bool:
    return bool(re.match(r"\s*(//|/\*|\*|--|#)", source.lines[line - 1]))


def all_sources(root: Path) -> list[Source]:
    """What this repository has of its own: sources, tests, scripts and documents."""
    folders = ["Sources", "Tests", "scripts", "docs"]
    paths = [path for folder in folders for path in (root / folder).rglob("*")]
    paths += root.glob("*.md")
    paths += root.glob("Package.swift")
    hidden = {"__pycache__", ".build", "node_modules", ".venv"}
    return [
        read(path, str(path.relative_to(root)))
        for path in sorted(paths)
        if path.suffix in SUFFIXES and path.is_file() and not hidden & set(path.relative_to(root).parts)
    ]
