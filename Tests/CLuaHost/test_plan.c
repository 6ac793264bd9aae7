#include <stdio.h>
#include <string.h>

#include "host.h"
#include "tests.h"

static const luahost_vm_options plan = {.ignore_environment = true, .purpose = LUAHOST_READ_PLAN};

static void expect_plan(const char *script, luahost_plan state, const char *place, const char *log) {
    host *host = host_start(script, &plan);
    host_run(host, 0.05);
    luahost_slice slice;
    EXPECT(luahost_vm_plan(host->vm, &slice) == state);
    if (strcmp(slice.data, place) != 0) printf("place: %s\n", slice.data);
    EXPECT(strcmp(slice.data, place) == 0);
    EXPECT_LOG(host, log);
    host_end(host);
}

static void expect_tasks(const char *script, bool starts) {
    host *host = host_start(script, &plan);
    host_run(host, 0.05);
    EXPECT(luahost_vm_plan_starts_tasks(host->vm) == starts);
    host_end(host);
}

/* The output of the script if one of these ran. */
#define TRAP "local function trap() local f = io.open('d', 'w') f:write('x') f:close() end\n"

static bool has_run(void) {
    FILE *file = fopen("d", "r");
    if (file == NULL) return false;
    fclose(file);
    remove("d");
    return true;
}

void test_plan(void) {
    remove("d");
    expect_plan("options = {vus = 1}  function default() end", LUAHOST_PLAN_FINISHED, "", "finished\n");
    expect_plan("\neio.connect('u') error('on')", LUAHOST_PLAN_WAITS, "t.lua:2 (eio.connect)", "finished\n");
    expect_plan("pcall(eio.sleep, 0) error('on')", LUAHOST_PLAN_WAITS, "t.lua:1 (eio.sleep)", "finished\n");
    expect_plan("local l = io.read() error('on')", LUAHOST_PLAN_WAITS, "t.lua:1 (io.read)", "finished\n");
    expect_plan(
        "coroutine.wrap(function() eio.create_queue():get() end)()", LUAHOST_PLAN_WAITS, "t.lua:1 (queue:get)",
        "finished\n");
    expect_plan("eio.on('error', print) error('bad')", LUAHOST_PLAN_FAILED, "", "report main chunk: t.lua:1: bad\nfinished\n");
    expect_plan("local x = = 1", LUAHOST_PLAN_FAILED, "", "report main chunk: t.lua:1: unexpected symbol near '='\nfinished\n");
    expect_plan("os.exit(3)", LUAHOST_PLAN_EXITED, "", "exit 3\n");
    expect_plan(
        "while true do pcall(function() while true do end end) end", LUAHOST_PLAN_FAILED, "",
        "report main chunk: t.lua:1: stopped: computed for more than 0.5 s without waiting\nfinished\n");
    expect_plan(
        TRAP "local t = eio.start_background_task(trap)\n"
             "local c <close> = setmetatable({}, {__close = trap})\n"
             "eio.send('x') eio.log.error('x') eio.sleep(0)", LUAHOST_PLAN_WAITS, "t.lua:4 (eio.sleep)", "finished\n");
    EXPECT(!has_run());
    expect_tasks("function default() end eio.on('message', print)", false);
    expect_tasks("eio.start_background_task(print)", true);

    fflush(stdout);
    FILE *terminal = stdout;
    char text[64] = "";
    stdout = fmemopen(text, sizeof text, "w");
    expect_plan(
        "print('a') io.write('b') io.stdout:write('c'):write('d') io.stderr:write('e') warn('@on') warn('f')\n"
        "local f = assert(io.open('d', 'w')) assert(f:write('kept', 1)) f:close()\n"
        "io.output('d') io.write('kept too')", LUAHOST_PLAN_FINISHED, "", "finished\n");
    fclose(stdout);
    stdout = terminal;
    EXPECT(strcmp(text, "") == 0);
    EXPECT(has_run());
}
