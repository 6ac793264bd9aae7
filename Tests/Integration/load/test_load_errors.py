"""The kinds of errors that a load run counts."""

import json

from harness.loads import load


def errors(lua):
    """The counts of the table of errors, by kind."""
    counts = {}
    for error in json.loads((lua.folder / "summary.json").read_text())["eio_lua"]["errors"]:
        counts[error["kind"]] = counts.get(error["kind"], 0) + error["count"]
    return counts


def test_errors_by_the_part_that_raised_them(lua, echo):
    result = load(lua, """
        options = {vus = 2, iterations = 2}
        function default()
            eio.on("message", function() error("in a handler") end)
            eio.connect(arg[1])
            eio.send("x")
            eio.start_background_task(function() error("in a task") end)
            eio.sleep(0.3)
            error("in an iteration")
        end
    """, "--no-thresholds", args=[echo.url])
    assert errors(lua) == {"handler": 2, "task": 2, "iteration": 2}, result


def test_failed_connect_is_one_error(lua):
    load(lua, """
        options = {vus = 2, iterations = 4}
        function default()
            if __ITER % 2 == 0 then eio.connect("http://127.0.0.1:1") end
            local ok, err = pcall(eio.connect, "http://127.0.0.1:1")
            error(err)
        end
    """, "--no-thresholds")
    assert errors(lua) == {"connect": 4}


def test_failed_connect_of_a_bot_is_one_error(lua):
    load(lua, "eio.connect('http://127.0.0.1:1')", "--iterations", "1")
    assert errors(lua) == {"connect": 1}


def test_error_of_the_connect_handler_is_one_error(lua, echo):
    load(lua, """
        eio.on("connect", function() error("not here") end)
        eio.connect(arg[1])
    """, "--iterations", "1", args=[echo.url])
    assert errors(lua) == {"iteration": 1}
