/* Programs that a script starts, and os.exit that closes the state. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "tests.h"

static void expect_fine(const char *script) {
    host *host = host_start(script, NULL);
    host_run(host, 5);
    EXPECT_LOG(host, "finished\n");
    host_end(host);
}

static void results_are_those_of_lua(void) {
    expect_fine(
        "local function is(a, b, c, ...) local x, y, z = ... assert(x == a and y == b and z == c, tostring(x) .. tostring(y) .. tostring(z)) end\n"
        "assert(os.execute() == true)\n"
        "is(true, 'exit', 0, os.execute('true'))  is(nil, 'exit', 3, os.execute('exit 3'))\n"
        "is(nil, 'signal', 15, os.execute('kill -TERM $$'))  is(nil, 'exit', 127, os.execute('exec /no/such/program 2> /dev/null'))\n"
        "local f = io.popen('echo a; echo b; exit 4')\n"
        "assert(io.type(f) == 'file' and tostring(f):match('^file %(') and f:read('l') == 'a')\n"
        "assert(f:read('a') == 'b\\n')  is(nil, 'exit', 4, f:close())  assert(io.type(f) == 'closed file')\n"
        "f = io.popen('cat > d', 'w')  f:write('x', 1)  is(true, 'exit', 0, f:close())\n"
        "for line in io.lines('d') do assert(line == 'x1') end\n"
        "local n = 0 for line in io.popen('echo 1; echo 2'):lines() do n = n + tonumber(line) end assert(n == 3)\n"
        "is(nil, 'signal', 9, io.popen('kill -KILL $$'):close())\n"
        "local ok, e = pcall(io.popen, 'true', 'rw') assert(not ok and e:find('invalid mode', 1, true), e)\n"
        "ok, e = pcall(function() f:read() end) assert(not ok and e:find('closed file', 1, true), e)\n"
        "f = io.popen('sleep 0.1; echo late') f = nil collectgarbage()");
}

/* Several at a time: none has the other's end, so that each sees its own end of file. */
static void children_do_not_share_pipes(void) {
    expect_fine(
        "local a, b = io.popen('cat > /dev/null', 'w'), io.popen('cat > /dev/null', 'w')\n"
        "assert(a:close() and b:close())");
}

/* A file that goes without having been closed leaves nothing behind that is looked at later. */
static void a_file_without_its_finalizer_is_no_danger(void) {
    expect_fine(
        "local meta = getmetatable(io.stdout)  local gc = meta.__gc  meta.__gc = nil\n"
        "for n = 1, 3 do io.popen('true') end  meta.__gc = gc  collectgarbage()\n"
        "for n = 1, 3 do assert(os.execute('true')) assert(io.popen('true'):close()) end");
    luahost_loop_end_programs(NULL);
}

static void children_get_what_the_program_was_given(void) {
    int given = open("/dev/null", O_RDONLY);
    luahost_note_descriptors();
    int own = open("/dev/null", O_RDONLY);
    char script[512];
    snprintf(
        script, sizeof script,
        "local f = io.popen('ls -l /proc/self/fd | grep -c /dev/null; test -e /proc/self/fd/%d && echo given; '\n"
        "  .. 'test -e /proc/self/fd/%d && echo own; echo end')\n"
        "f:read('l') local rest = f:read('a') f:close() assert(rest == 'given\\nend\\n', rest)", given, own);
    expect_fine(script);
    close(own);
    close(given);
    luahost_note_descriptors();
}

static void on_signal(int number) { (void)number; }

static void signals_are_as_the_system_has_them(void) {
    struct sigaction before[3], action = {.sa_handler = SIG_IGN}, handled = {.sa_handler = on_signal};
    sigaction(SIGPIPE, &action, &before[0]);
    sigaction(SIGUSR1, &action, &before[1]);
    sigaction(SIGUSR2, &handled, &before[2]);
    sigset_t blocked, mask;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &mask);
    /* 13 is SIGPIPE's bit 12; 10 SIGUSR1, which was ignored before. */
    expect_fine(
        "local f = io.popen('cat /proc/self/status') local text = f:read('a') f:close()\n"
        "local function bits(name) return tonumber(text:match(name .. ':%s*(%x+)'), 16) end\n"
        "assert(bits('SigIgn') & 1 << 12 == 0 and bits('SigIgn') & 1 << 9 ~= 0, text)\n"
        "assert(bits('SigBlk') == 0 and bits('SigCgt') & 1 << 11 == 0, text)\n"
        "assert(select(3, os.execute('yes | true; true')) == 0)");
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGPIPE, &before[0], NULL);
    sigaction(SIGUSR1, &before[1], NULL);
    sigaction(SIGUSR2, &before[2], NULL);
}

static void what_closes(const char *exit, const char *expected) {
    char script[1024];
    snprintf(
        script, sizeof script,
        "local function say(text) local f = io.open('d', 'a') f:write(text) f:close() end\n"
        "io.open('d', 'w'):close()\n"
        "kept = setmetatable({}, {__gc = function() say(' gc') end})\n"
        "eio.start_background_task(function()\n"
        "  local c <close> = setmetatable({}, {__close = function() say(' task') end}) eio.sleep(10) say(' never') end)\n"
        "eio.sleep(0)\n"
        "local c <close> = setmetatable({}, {__close = function() say(' main') end})\n"
        "pcall(function() local d <close> = setmetatable({}, {__close = function() say(' inner') end}) %s end) say(' never')",
        exit);
    host *host = host_start(script, NULL);
    host_run(host, 1);
    EXPECT_LOG(host, "exit 3\n");
    host_end(host);
    char text[256] = "";
    FILE *file = fopen("d", "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    if (strcmp(text, expected) != 0) {
        failures++;
        fprintf(stderr, "%s: expected%s, got%s\n", exit, expected, text);
    }
}

static void exit_closes_the_state_when_it_is_to(void) {
    what_closes("os.exit(3, true)", " task inner main gc");
    /* A bot is not destroyed then. */
    what_closes("os.exit(3)", " gc");
    /* Inside a function in C its caller is unwound, whatever catches that. */
    what_closes("table.sort({2, 1}, function() os.exit(3, true) end)", " main task gc");
}

void test_process(void) {
    /* A busy machine takes its time to start programs. */
    host_max_block = 0;
    results_are_those_of_lua();
    children_do_not_share_pipes();
    a_file_without_its_finalizer_is_no_danger();
    children_get_what_the_program_was_given();
    signals_are_as_the_system_has_them();
    exit_closes_the_state_when_it_is_to();
    host_max_block = 0.5;
}
