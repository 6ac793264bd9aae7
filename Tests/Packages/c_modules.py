"""Lua modules in C that Debian has: a script that uses each, and what it prints."""

import pytest

PACKAGES = ["lua-cjson", "lua-lpeg", "lua-socket"]
C_MODULES = [
    pytest.param('print(require("cjson").encode({ 1, 2 }))', "[1,2]", id="cjson"),
    pytest.param('print(require("lpeg").match(require("lpeg").P("a") ^ 1, "aaab"))', "4", id="lpeg"),
    pytest.param('print(require("socket")._VERSION:match("LuaSocket"))', "LuaSocket", id="socket"),
]
