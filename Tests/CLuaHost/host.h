/* A host for one VM, without sockets: it logs every callback, and its servers answer at once. */
#ifndef TEST_HOST_H
#define TEST_HOST_H

#include "CLuaHost.h"

typedef struct host {
    luahost_loop *loop;
    luahost_vm *vm;
    luahost_callbacks callbacks;
    char log[1 << 20];
    size_t logged;
    bool is_wanted;
    uint64_t deadline;
    bool is_finished;
    int exit_status;         /* -1: not called */
    bool refuses_metrics;
    bool stops_on_abort;
    uint64_t calls_on_end;   /* so many further calls of default() are made by call_ended */
    bool is_silent;          /* only the end and failures of the main chunk are logged */
    bool reads_stdin;        /* the standard input of the process is the script's */
    bool wants_stdin;
    unsigned sum;            /* of all bytes that connect() was given */
    struct peer *peers;
} host;

/* For the loops of hosts that are started from now on; 0: none. */
extern double host_max_block;

/* A VM that runs the text as a script named t.lua. `options` may be NULL. Some urls are special: "silent" never
 * answers, "refuse" is refused at once, "fail" later, "early" is closed while connect() waits, "drop" right after, and
 * "echo" sends every message back. */
host *host_start(const char *script, const luahost_vm_options *options);
/* Without the callbacks of load tests. */
host *host_start_plain(const char *script);
/* Runs what is to be run until nothing is due within `seconds`. */
void host_run(host *host, double seconds);
void host_call(host *host, const char *name, const char *argument, uint64_t id);
void host_end(host *host);

luahost_slice slice(const char *text);

/* Each failure is printed with its line and counted. */
#define EXPECT(condition) expect((condition), #condition, __FILE__, __LINE__)
/* Expects these lines in the log since the last check. */
#define EXPECT_LOG(host, text) expect_log((host), (text), __FILE__, __LINE__)
void expect(bool is_true, const char *what, const char *file, int line);
void expect_log(host *host, const char *text, const char *file, int line);
extern int failures;

#endif
