"""The programs of the tarball: what they need, what they export, and that they run where they are installed."""

import re
import resource

import pytest

from c_modules import C_MODULES
from release import ROOT

# README.md names the systems that have them: Debian 12 and Ubuntu 22.04, and later ones.
GLIBC, LIBSTDCXX = "GLIBC_2.35", "GLIBCXX_3.4.30"
PROGRAMS = ["eio-lua", "eio-lua-worker"]


def newest(release, prefix, program):
    symbols = release.run("objdump", "-T", release.folder / "bin" / program).stdout
    versions = re.findall(rf"\({prefix}_([\d.]+)\)", symbols)
    return f"{prefix}_" + max(versions, key=lambda version: [int(part) for part in version.split(".")])


def test_programs_need_no_newer_system(release):
    assert max(newest(release, "GLIBC", program) for program in PROGRAMS) == GLIBC
    assert max(newest(release, "GLIBCXX", program) for program in PROGRAMS) == LIBSTDCXX
    assert f"{GLIBC} and {LIBSTDCXX}" in (release.folder / "install.sh").read_text()


def needed(release, program):
    return set(re.findall(r"NEEDED.*\[(.*?)\.so", release.run("readelf", "-d", release.folder / "bin" / program).stdout))


@pytest.mark.parametrize("program", PROGRAMS)
def test_needed_libraries(release, program):
    assert needed(release, program) == {"libc", "libm", "libgcc_s", "libstdc++", "libz", "ld-linux-x86-64"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_only_the_symbols_of_lua_are_exported(release, program):
    lines = release.run("nm", "-D", "--defined-only", release.folder / "bin" / program).stdout.splitlines()
    names = {line.split()[-1] for line in lines}
    others = {name for name in names if not re.match(r"lua(L|open)?_", name)}
    # Variables of the C library that the program refers to live in the program; ZeroMQ also refers to others.
    if program == "eio-lua":
        assert others <= {f"{stream}@GLIBC_2.2.5" for stream in ("stdin", "stdout", "stderr")}
    assert {name for name in others if not re.search(r"@(GLIBC|GLIBCXX|CXXABI)_", name)} == set()
    assert {"lua_newstate", "luaL_checkinteger", "luaopen_string", "lua_ident"} <= names


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_are_stripped_and_no_larger_than_known(release, program):
    file = release.folder / "bin" / program
    assert ".symtab" not in release.run("readelf", "-SW", file).stdout
    assert file.stat().st_size < 18_000_000


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_have_no_foundation_no_regular_expressions_and_no_unwind_tables(release, program):
    file = release.folder / "bin" / program
    # The names of types are in the metadata, and those of modules are parts of them.
    content = file.read_bytes()
    assert b"NIOCore" in content
    assert [name for name in (b"FoundationEssentials", b"_RegexParser", b"_StringProcessing") if name in content] == []
    assert "eh_frame" not in release.run("readelf", "-SlW", file).stdout


def test_start_takes_little_more_than_that_of_lua(installed, capsys):
    """The least CPU time of several starts, which a busy machine does not change."""
    times = {
        command: min(cpu_time(installed, *command.split()) for _ in range(20))
        for command in ("lua5.4 -v", "eio-lua -v", "eio-lua serve --help", "eio-lua load --help")}
    with capsys.disabled():
        print("", *(f"{command}: {seconds * 1000:.1f} ms of CPU time" for command, seconds in times.items()), sep="\n")
    assert max(times.values()) < times["lua5.4 -v"] + 0.004


def cpu_time(release, *command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    release.run(*command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_version(installed):
    number = re.search(r'number = "(.*)"', (ROOT / "Sources/ProcessSupport/Version.swift").read_text())[1]
    assert installed.tarball.name == f"eio-lua-{number}-linux-x86_64.tar.gz"
    for program in PROGRAMS:
        text = installed.run(program, "--version").stdout
        assert re.fullmatch(
            rf"eio-lua {re.escape(number)} \(Lua 5\.4\.\d+, Engine\.IO 4, Socket\.IO 5\)\n", text)


def test_bot_against_the_embedded_server(installed, server):
    bot = installed.prefix / "share/eio-lua/bots/echo.lua"
    assert "hello" in installed.run("eio-lua", bot, server, "--say", "hello").stdout


def test_load_run_with_a_report(installed, server):
    script = installed.prefix / "share/eio-lua/load/request_reply.lua"
    installed.run("eio-lua", "load", "-u", "3", "-i", "6", "-q", "--report", "report.html", script, "--", server)
    assert "<html" in (installed.home / "report.html").read_text()


@pytest.mark.parametrize("script, printed", C_MODULES)
def test_c_module_loads(installed, script, printed):
    assert installed.run("eio-lua", "-e", script).stdout == printed + "\n"
