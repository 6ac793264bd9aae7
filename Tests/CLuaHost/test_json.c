/* Strings of JSON of every length, with something that is not plain at every place. */
#include "socketio_run.h"
#include "tests.h"

void test_json(void) {
    EXPECT_QUIET_RUN(
        "local meanings = {['\"'] = '\\\\\"', ['\\\\'] = '\\\\\\\\', ['\\n'] = '\\\\n', ['\\1'] = '\\\\u0001',\n"
        "  ['\\u{E9}'] = '\\u{E9}', x = 'x'}\n"
        "for length = 0, 70 do for place = 1, length do for char, text in pairs(meanings) do\n"
        "  local before, after = string.rep('x', place - 1), string.rep('y', length - place)\n"
        "  local value, json = before .. char .. after, '\"' .. before .. text .. after .. '\"'\n"
        "  assert(eio.json.encode(value) == json)\n"
        "  assert(eio.json.decode(json) == value)\n"
        "  assert(not pcall(eio.json.decode, json:sub(1, -2)))\n"
        "  assert(not pcall(eio.json.encode, before .. '\\xFF' .. after))\n"
        "  local twice = before .. char .. after .. char\n"
        "  assert(eio.json.decode('[' .. eio.json.encode(twice) .. ']')[1] == twice)\n"
        "end end end\n");
}
