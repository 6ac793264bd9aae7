/* Tests of CLuaHost without Swift: run.sh builds and runs them, with the sanitizers too. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host.h"
#include "tests.h"

int main(void) {
    char folder[] = "/tmp/cluahost-XXXXXX";
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) return 2;
    setenv("EIO_TEST_VARIABLE", "from the shell", 1);
    test_base();
    test_arguments_encode();
    test_arguments_decode();
    test_msgpack_encode();
    test_msgpack_decode();
    test_calls();
    test_stop();
    test_plan();
    test_loadtest();
    test_data();
    test_libraries();
    test_inspect();
    test_hook();
    test_process();
    test_input();
    test_socketio();
    test_socketio_acks();
    test_timers();
    test_json();
    test_socketio_queue();
    test_socketio_simple();
    test_socketio_json();
    test_socketio_finalizers();
    test_hostile();
    remove("t.lua");
    remove("d");
    if (chdir("/") == 0) rmdir(folder);
    if (failures > 0) fprintf(stderr, "%d failures\n", failures);
    return failures > 0;
}
