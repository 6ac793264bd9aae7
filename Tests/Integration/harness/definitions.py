"""The definitions for editors, read as LuaLS reads them: classes, fields, functions, options."""

import re
from dataclasses import dataclass, field

from .program import ROOT

FOLDER = ROOT / "Sources" / "StarterFiles" / "definitions"
FILES = sorted(FOLDER.glob("*.lua"))


@dataclass
class Field:
    type: str
    is_optional: bool
    text: str

    @property
    def default(self):
        found = re.search(r"Default: (.*)\.$", self.text)
        return found and found[1]


@dataclass
class Function:
    params: list[str]
    types: dict[str, str]
    returns: list[str]
    overloads: list[str]
    text: str


@dataclass
class Class:
    parents: list[str]
    text: str
    fields: dict[str, Field] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)


def first_type(text):
    """The type at the beginning of a text, up to a space outside of brackets and after no comma or colon."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "(<{[") - (letter in ")>}]")
        if letter == " " and depth == 0 and text[at - 1] not in ",:|":
            return text[:at]
    return text


def alternatives(text):
    """The parts of a union."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "(<{[") - (letter in ")>}]")
        if letter == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


class Definitions:
    def __init__(self, files=FILES):
        self.classes: dict[str, Class] = {}
        self.aliases: dict[str, str] = {}
        self.globals: dict[str, str] = {}
        for file in files:
            self._read(file.read_text())

    def _read(self, text):
        names = {}
        for block, code in re.findall(r"((?:^---.*\n)+)(.*)\n", text, re.MULTILINE):
            owner = self._read_block(block)
            if owner and (local := re.fullmatch(r"local (\w+) = \{\}", code)):
                names[local[1]] = owner
            elif function := re.fullmatch(r"function (\w+)[.:](\w+)\((.*)\) end", code):
                self._add(names[function[1]], function[2], function[3], block)
            elif made := re.fullmatch(r"(\w+) = .*", code):
                self.globals[made[1]] = re.search(r"---@type (.*)", block)[1]
        for owner, name, params in re.findall(r"\n\nfunction (\w+)[.:](\w+)\((.*)\) end", text):
            self._add(names[owner], name, params, "")

    def _read_block(self, block):
        """The name of the block's class."""
        owner, text = None, ""
        for line in block.splitlines():
            if found := re.match(r"---@class ([\w.]+)(?:: (.*))?$", line):
                owner = found[1]
                self.classes[owner] = Class(found[2].split(", ") if found[2] else [], text)
            elif found := re.match(r"---@alias ([\w.]+) (.*)$", line):
                self.aliases[found[1]] = found[2]
            elif found := re.match(r"---@field (\[?[\w.]+\]?)(\??) (.*)$", line):
                self.classes[owner].fields[found[1]] = Field(found[3], found[2] == "?", text)
            text = "" if line.startswith("---@") else f"{text} {line.removeprefix('---')}".strip()
        return owner

    def _add(self, owner, name, params, block):
        found = re.findall(r"---@param ([\w.]+)(\??) (.*)", block)
        returns = [first_type(each) + ("..." if each.endswith(" ...") else "")
                   for each in re.findall(r"---@return (.*)", block)]
        self.classes[owner].functions[name] = Function(
            params.split(", ") if params else [], {each[0]: first_type(each[2]) + each[1] for each in found}, returns,
            re.findall(r"---@overload (.*)", block), re.sub(r"(?m)^---@.*\n", "", block))

    def members(self, name):
        """The fields and functions of a class and its parents."""
        fields, functions = {}, {}
        for parent in self.classes[name].parents:
            if parent in self.classes:
                inherited = self.members(parent)
                fields |= inherited[0]
                functions |= inherited[1]
        return fields | self.classes[name].fields, functions | self.classes[name].functions

    def lua_types(self, text):
        """The types, as Lua's `type` has them, that a value of this type may have."""
        found = set()
        for part in alternatives(text):
            if part.endswith("?"):
                found |= {"nil"} | self.lua_types(part[:-1])
            elif part in self.aliases:
                found |= self.lua_types(self.aliases[part])
            elif part in self.classes:
                parents = self.classes[part].parents
                found |= {"userdata"} if {"userdata", "lightuserdata"} & set(parents) else {"table"}
            elif part == "any":
                found |= {"nil", "boolean", "number", "string", "table", "function", "userdata"}
            elif part.startswith("fun(") or part == "function":
                found.add("function")
            elif part.endswith("[]") or part.startswith("table") or part == "T":
                found.add("table")
            elif part in ("true", "false", "boolean"):
                found.add("boolean")
            elif part in ("integer", "number"):
                found.add("number")
            elif part == "string" or part.startswith('"'):
                found.add("string")
            elif part in ("nil", "userdata"):
                found.add(part)
            else:
                raise AssertionError(f"{part!r} is not a known type")
        return found
