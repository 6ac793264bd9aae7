#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "tests.h"

static host *start_held(const char *script) {
    host *host = host_start(script, NULL);
    luahost_vm_hold(host->vm);
    host_run(host, 0.5);
    return host;
}

static void calls_a_function(void) {
    host *host = start_held("function default(d) return {got = d} end  function empty(...) return select('#', ...), ... end");
    EXPECT_LOG(host, "");
    host_call(host, "default", "{\"a\":[1,2.5,null]}", 7);
    EXPECT_LOG(host, "");
    host_run(host, 0);
    EXPECT_LOG(host, "ended 7 ok {\"got\":{\"a\":[1,2.5,null]}}\n");
    host_call(host, "empty", "", 8);
    host_run(host, 0);
    EXPECT_LOG(host, "ended 8 ok 1\n");
    luahost_vm_release(host->vm);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

static void a_call_may_wait_and_the_next_follow(void) {
    host *host = start_held("n = 0  function default() eio.sleep(0.02) n = n + 1 return n end");
    host->calls_on_end = 2;
    host_call(host, "default", "", 1);
    host_run(host, 0.5);
    EXPECT_LOG(host, "ended 1 ok 1\nended 2 ok 2\nended 3 ok 3\n");
    host_end(host);
}

static void errors_are_reported(void) {
    host *host = start_held(
        "function default() eio.sleep(0) error('boom') end  function odd() return {a = {print}} end  x = 5");
    host_call(host, "default", "", 1);
    host_run(host, 0.1);
    EXPECT_LOG(host, "report function 'default': t.lua:1: boom\nended 1 failed \n");
    host_call(host, "odd", "", 2);
    host_call(host, "x", "", 3);
    host_call(host, "odd", "{", 4);
    host_run(host, 0.1);
    EXPECT(strstr(host->log, "report function 'odd': odd() did not return valid JSON: cannot encode a function at $.a[1]\n"));
    EXPECT(strstr(host->log, "report function 'x': the script has no global function 'x' (it is a number)\n"));
    EXPECT(strstr(host->log, "the argument of odd() is not valid JSON"));
    EXPECT(luahost_vm_error_count(host->vm) == 4);
    host_end(host);
}

static void a_call_is_cancelled(void) {
    host *host = start_held(
        "function default() local ok, e = pcall(eio.sleep, 10) error('converted') end\n"
        "function stubborn() while true do pcall(eio.sleep, 10) end end\n"
        "function slow() eio.sleep(0.05) return 'done' end");
    host_call(host, "default", "", 1);
    host_call(host, "stubborn", "", 2);
    host_call(host, "slow", "", 3);
    host_run(host, 0);
    luahost_vm_cancel_call(host->vm, 1);
    luahost_vm_cancel_call(host->vm, 2);
    luahost_vm_cancel_call(host->vm, 99);
    host_run(host, 0.2);
    EXPECT_LOG(host, "ended 1 cancelled \nended 2 cancelled \nended 3 ok \"done\"\n");
    host_call(host, "slow", "", 4);
    luahost_vm_cancel_call(host->vm, 4);
    host_run(host, 0);
    EXPECT_LOG(host, "ended 4 cancelled \n");
    host_end(host);
}

static void exit_ends_the_iteration(void) {
    host *host = start_held(
        "function default() pcall(function() while true do pcall(os.exit, 3) end end) eio.send('not reached') end\n"
        "function waits() eio.sleep(10) end\n"
        "function ok() return 1 end\n"
        "function task() eio.start_background_task(function() os.exit() end) eio.sleep(10) end\n"
        "function deep() coroutine.wrap(function() table.sort({1,2,3}, function() os.exit(false) end) end)() end");
    host_call(host, "default", "", 1);
    host_run(host, 0.1);
    EXPECT_LOG(host, "ended 1 exited 3\n");
    host_call(host, "task", "", 2);
    host_run(host, 0.1);
    EXPECT_LOG(host, "ended 2 exited 0\n");
    host_call(host, "deep", "", 3);
    host_run(host, 0.1);
    EXPECT_LOG(host, "ended 3 exited 1\n");
    host_call(host, "ok", "", 4);
    host_run(host, 0.1);
    EXPECT_LOG(host, "ended 4 ok 1\n");
    EXPECT(host->exit_status == -1);
    host_end(host);
    host = host_start("os.exit(4)", NULL);
    host_run(host, 0.1);
    EXPECT_LOG(host, "exit 4\n");
    host_end(host);
}

static void a_held_vm_is_not_finished(void) {
    host *host = host_start("x = 1", NULL);
    luahost_vm_hold(host->vm);
    host_run(host, 0.05);
    EXPECT_LOG(host, "");
    luahost_vm_release(host->vm);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
    host = host_start("x = 1", NULL);
    host_run(host, 0.05);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

static void globals_are_read(void) {
    host *host = start_held(
        "setmetatable(_G, {__index = function(_, k) error('no ' .. k) end})\n"
        "function default() end  options = {vus = 2, stages = {{duration = '1s', target = 3}}}\n"
        "bad = {scenarios = {chat = {exec = default}}}");
    EXPECT(luahost_vm_has_function(host->vm, slice("default")));
    EXPECT(!luahost_vm_has_function(host->vm, slice("options")));
    EXPECT(!luahost_vm_has_function(host->vm, slice("nothing")));
    luahost_slice json;
    EXPECT(luahost_vm_global_json(host->vm, slice("nothing"), &json) == LUAHOST_GLOBAL_NIL);
    EXPECT(luahost_vm_global_json(host->vm, slice("options"), &json) == LUAHOST_GLOBAL_OK);
    EXPECT(json.length > 0 && memmem(json.data, json.length, "[{", 2) != NULL);
    EXPECT(luahost_vm_global_json(host->vm, slice("bad"), &json) == LUAHOST_GLOBAL_NOT_JSON);
    const char *text = "cannot encode a function at bad.scenarios.chat.exec";
    EXPECT(json.length == strlen(text) && memcmp(json.data, text, json.length) == 0);
    host_end(host);
}

static void a_user_is_known_to_its_script(void) {
    host *host = start_held(
        "lt = require 'loadtest'\n"
        "function default() return {__VU, __ITER, lt.vu.id, lt.vu.iteration, lt.vu.iteration_in_test, lt.vu.scenario,\n"
        "  __ENV.ROOM or 'none', lt.env.ROOM or 'none', __ENV.EIO_TEST_VARIABLE or 'none', math.random(1e9)} end\n"
        "math.randomseed = nil");
    luahost_vm_set_env(host->vm, slice("ROOM"), slice("a"));
    luahost_user user = {.id = 3, .iteration = 4, .iteration_in_test = 50, .scenario = slice("chat"), .seed = 9};
    char first[256];
    for (int round = 0; round < 2; round++) {
        luahost_vm_set_user(host->vm, &user);
        host_call(host, "default", "", 1);
        host_run(host, 0);
        if (round == 0) strcpy(first, host->log);
        else EXPECT(strcmp(first, host->log) == 0);
        host->logged = 0;
    }
    EXPECT(strncmp(first, "ended 1 ok [3,4,3,4,50,\"chat\",\"a\",\"a\",\"from the shell\",", 51) == 0);
    user.seed = 10;
    luahost_vm_set_user(host->vm, &user);
    host_call(host, "default", "", 1);
    host_run(host, 0);
    EXPECT(strcmp(first, host->log) != 0);
    host_end(host);
}

static void random_follows_the_seed(void) {
    char texts[3][128];
    for (int round = 0; round < 3; round++) {
        luahost_vm_options options = {.ignore_environment = true, .seed = round < 2 ? 5 : 6};
        host *host = host_start("error(math.random(1e9))", &options);
        host_run(host, 0.1);
        snprintf(texts[round], sizeof texts[round], "%.100s", host->log);
        host_end(host);
    }
    EXPECT(strcmp(texts[0], texts[1]) == 0);
    EXPECT(strcmp(texts[0], texts[2]) != 0);
}

static void memory_is_limited(void) {
    luahost_vm_options options = {.ignore_environment = true, .memory_limit = 1 << 20};
    host *host = host_start(
        "function default() local t = {} for i = 1, 1e8 do t[i] = {i} end end\n"
        "function text() return #(string.rep('x', 1 << 22)) end\n"
        "function caught() return (select(2, pcall(text))) end\n"
        "function ok() return 1 end", &options);
    luahost_vm_hold(host->vm);
    host_run(host, 0.1);
    host_call(host, "default", "", 1);
    host_run(host, 0.1);
    EXPECT_LOG(host, "report function 'default': not enough memory\nended 1 failed \n");
    EXPECT(luahost_vm_memory(host->vm) <= (1 << 20) + 4096);
    host_call(host, "text", "", 2);
    host_run(host, 0.1);
    EXPECT_LOG(host, "report function 'text': not enough memory\nended 2 failed \n");
    host_call(host, "caught", "", 3);
    host_call(host, "ok", "", 4);
    host_run(host, 0.1);
    EXPECT_LOG(host, "ended 3 ok \"not enough memory\"\nended 4 ok 1\n");
    host_end(host);
}

void test_calls(void) {
    calls_a_function();
    a_call_may_wait_and_the_next_follow();
    errors_are_reported();
    a_call_is_cancelled();
    exit_ends_the_iteration();
    a_held_vm_is_not_finished();
    globals_are_read();
    a_user_is_known_to_its_script();
    random_follows_the_seed();
    memory_is_limited();
}
