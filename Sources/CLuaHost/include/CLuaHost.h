/* The C side of one Lua VM: the only code of the project that includes lua.h.
 *
 * Swift never names a lua_* function and Lua never calls Swift directly: every function that Lua calls is C, hands
 * plain C values to Swift through `luahost_callbacks`, and raises or yields only after Swift has returned. So no
 * longjmp ever crosses a Swift frame. None of the functions below raises.
 *
 * All calls for one VM come from the thread of its loop, except where a comment says otherwise. */
#ifndef CLUAHOST_H
#define CLUAHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CLuaHostClient.h"
#include "CLuaHostLoop.h"
#include "CLuaHostSocketIO.h"

typedef struct luahost_vm luahost_vm;
typedef struct luahost_source luahost_source;
typedef struct luahost_input luahost_input;

/* One header, option or cookie. */
typedef struct luahost_pair {
    luahost_slice name;
    luahost_slice value;
} luahost_pair;

/* ---- what Swift gives to Lua ---- */

typedef struct luahost_pairs {
    const luahost_pair *items;
    size_t count;
} luahost_pairs;

/* In their order; ended by LUAHOST_NO_TRANSPORT. */
typedef struct luahost_transports {
    luahost_transport order[3];
} luahost_transports;

/* The members of the two structs below, by the types of the lists. */
#define LUAHOST_MEMBER_BOOLEAN(name) bool name;
#define LUAHOST_MEMBER_NUMBER(name) double name;
#define LUAHOST_MEMBER_TEXT(name) luahost_slice name;
#define LUAHOST_MEMBER_LOGGER(name) luahost_logger name;
#define LUAHOST_MEMBER_JSON(name)
#define LUAHOST_MEMBER_HEADERS(name) luahost_pairs name;
#define LUAHOST_MEMBER_TRANSPORTS(name) luahost_transports name;
#define LUAHOST_OPTION(name, type, by_default, docs) LUAHOST_MEMBER_##type(name)

typedef struct luahost_client_options {
#include "client_options.def"
} luahost_client_options;

typedef struct luahost_connect_options {
    luahost_slice url;
#include "connect_options.def"
} luahost_connect_options;

#undef LUAHOST_OPTION

typedef enum luahost_send_result {
    LUAHOST_SENT = 0,
    /* Taken, and more than max_buffered bytes wait now: luahost_client_writable will follow. */
    LUAHOST_SENT_FULL = 1,
    LUAHOST_NOT_CONNECTED = 2,
    /* *offset: the byte that is not UTF-8. */
    LUAHOST_INVALID_UTF8 = 3,
    /* *offset: U+001E in a text that may go by polling, whose payloads it separates. */
    LUAHOST_SEPARATOR = 4,
    /* More than max_buffered bytes wait already and `may_wait` was 0: nothing was taken. */
    LUAHOST_FULL = 5,
} luahost_send_result;

typedef enum luahost_where_kind {
    LUAHOST_IN_MAIN,
    LUAHOST_IN_HANDLER,
    LUAHOST_IN_TASK,
    LUAHOST_IN_CALL,
} luahost_where_kind;

/* An error that nobody caught. */
typedef struct luahost_report {
    luahost_where_kind kind;
    luahost_slice where;         /* "'message' handler (client 2, registered at bot.lua:12)", "function 'default'",
                                    "task 'worker' (started at …)", "main chunk" */
    luahost_slice message;       /* "bot.lua:31: attempt to …" */
    luahost_slice traceback;     /* through the user's own coroutines */
    bool is_measured;            /* the error is a luahost_error that was */
    bool handled;                /* an `error` handler took it: not to be printed */
} luahost_report;

/* ---- for load tests (core/call.c, the folder loadtest) ---- */

typedef enum luahost_call_outcome {
    LUAHOST_CALL_OK,
    LUAHOST_CALL_FAILED,    /* its error was given to `report` */
    LUAHOST_CALL_CANCELLED, /* by luahost_vm_cancel_call, luahost_vm_stop or abort(); nothing was reported */
    LUAHOST_CALL_EXITED,    /* os.exit was called: the result is its status, "0" for success */
} luahost_call_outcome;

typedef enum luahost_metric_kind { LUAHOST_COUNTER, LUAHOST_GAUGE, LUAHOST_RATE, LUAHOST_TREND } luahost_metric_kind;

/* The kinds of names that luahost_callbacks.intern numbers. */
typedef enum luahost_name_kind {
    LUAHOST_GROUP_NAME, /* "::outer::inner" */
    LUAHOST_CHECK_NAME,
    LUAHOST_TIME_NAME,
} luahost_name_kind;

/* The tags of a sample. */
typedef struct luahost_tags {
    uint32_t group;            /* what `intern` gave for it; 0: none */
    const luahost_pair *pairs; /* the script's own, in no order */
    size_t count;
} luahost_tags;

/* Levels of luahost_callbacks.log. */
enum { LUAHOST_DEBUG = 0, LUAHOST_INFO = 1, LUAHOST_WARNING = 2, LUAHOST_ERROR = 3 };

typedef struct luahost_callbacks {
    /* Something is ready: call luahost_vm_run from the loop, soon, and not from within this call. */
    void (*wake)(void *host);
    /* Call luahost_vm_run at this time of CLOCK_MONOTONIC in ns; replaces the time given before. UINT64_MAX: never. */
    void (*wake_at)(void *host, uint64_t deadline);
    /* `by_script`: eio.log was called; else it is the host's own remark. */
    void (*log)(void *host, int level, bool by_script, luahost_slice text);
    void (*report)(void *host, const luahost_report *report);
    /* The script has disconnected the last client that was open. May be NULL; possibly within a slice. */
    void (*disconnected)(void *host);
    /* The script has read a global that is not defined, at `place` ("bot.lua:12", or empty). May be NULL. From within a
     * slice of Lua: of this header's functions it may call none. */
    void (*undefined_global)(void *host, luahost_slice name, luahost_slice place);
    /* os.exit was called: no Lua of this VM runs after this. */
    void (*exit)(void *host, int status);
    /* With LUAHOST_RUN_WITH_PROMPT only: the chunk or the statement is over, and the prompt is to be shown. */
    void (*statement_ended)(void *host);
    /* The line that luahost_vm_read_line reads; NULL at the end of the input. */
    void (*line_read)(void *host, const luahost_slice *line);
    /* Wants a chunk of the standard input: luahost_vm_stdin follows, once. */
    void (*read_stdin)(void *host);
    /* Of an input that VMs share: wants the turn, and has it at once (true), or luahost_vm_stdin_turn follows,
     * later. */
    bool (*take_stdin)(void *host);
    /* Its turn is over. */
    void (*give_stdin)(void *host);
    /* The main chunk has returned, no task is alive, no client is connected and nobody holds the VM; or it was
     * stopped and has come to its end; or the plan is read. */
    void (*finished)(void *host);

    /* A new client object. Returns the context that the client_ functions get. */
    void *(*client_create)(void *host, luahost_client *client, const luahost_client_options *options);
    /* The object is gone: no call for it may come after this, in either direction. */
    void (*client_release)(void *context);
    /* Starts to connect: 0, and luahost_client_opened/connected/connect_failed follow later; or 1 with `error` filled
     * (its slices live until the next call on this context). */
    int (*client_connect)(void *context, const luahost_connect_options *options, luahost_error *error);
    luahost_send_result (*client_send)(
        void *context, const char *data, size_t length, bool is_binary, bool may_wait, size_t *offset);
    /* Starts to close; luahost_client_closed (or connect_failed) follows, later. timeout in seconds, < 0: default. */
    void (*client_disconnect)(void *context, double timeout, bool abort);
    /* Stop or go on reading from the server. */
    void (*client_pause)(void *context, bool paused);
    /* Bytes that `send` took and the system has not. */
    size_t (*client_buffered)(void *context);
    /* Something is buffered and drain() waits for its end: luahost_client_drained is to follow, not from within this
     * call. May be asked again before that. */
    void (*client_notify_drained)(void *context);

    /* Socket.IO clients, see CLuaHostSocketIO.h; what they create is released, disconnected, paused and looked at by
     * the client_ functions above. */
    void *(*socketio_create)(
        void *host, luahost_client *client, const luahost_client_options *options,
        const luahost_socketio_options *own);
    /* As client_connect; luahost_socketio_attempt follows, later. */
    int (*socketio_connect)(void *context, const luahost_socketio_connect *options, luahost_error *error);
    /* Whether there is a session whose end is about to be reported, and none follows. */
    bool (*socketio_is_ending)(void *context);
    /* Answers luahost_socketio_attempt; as client_connect. */
    int (*socketio_open)(void *context, const luahost_connect_options *options, luahost_error *error);
    /* Answers luahost_socketio_opened. `payload`: the value of `auth`, empty without one. */
    void (*socketio_authenticate)(void *context, luahost_slice payload);
    /* A function of the script for the url, the headers or auth has failed, or its connect handler: the attempt is
     * over. `by_handler`: and there is no further one. */
    void (*socketio_attempt_failed)(void *context, luahost_slice message, bool by_handler);
    /* `wants_ack`: *id is the number of the ack, not 0. */
    luahost_socketio_result (*socketio_emit)(
        void *context, const luahost_socketio_packet *packet, bool wants_ack, uint64_t *id);
    /* Sends an ack, unless the session or the namespace that wanted it is over. */
    void (*socketio_acknowledge)(void *context, const luahost_socketio_packet *packet, uint64_t connection);
    /* The payload of a packet is illegal: the session ends. Without a payload the message is what the server did. */
    void (*socketio_illegal)(void *context, luahost_slice message, luahost_slice payload);
    /* Asks the open session for one more namespace, and later ones, too; `payload` as in socketio_authenticate. */
    luahost_socketio_result (*socketio_join)(void *context, luahost_slice name_space, luahost_slice payload);
    luahost_socketio_result (*socketio_leave)(void *context, luahost_slice name_space);
    /* The server's reason for refusing the namespace, as one line, which lives until the next call; empty without. */
    luahost_slice (*socketio_refusal)(void *context, luahost_slice name_space);

    /* The rest is for load tests. Each may be NULL: then its events are dropped, as in a plain bot. All times are
     * seconds. But for call_ended they come from within a slice of Lua: of this header's functions they may call
     * luahost_vm_stop only. */

    /* An event with this name has come for a Socket.IO client; not from within a slice of Lua. */
    void (*socketio_event_received)(void *context, luahost_slice event);
    /* call() has waited long enough for this ack. */
    void (*socketio_ack_timed_out)(void *context, luahost_slice name_space, uint64_t id);
    /* The call that luahost_vm_call began is over; `result` is JSON, empty for nil or where none was wanted. Not
     * from within a slice of Lua, but from within luahost_vm_run or luahost_vm_stop: luahost_vm_call, _set_user,
     * _release and _stop are allowed, luahost_vm_destroy is not. */
    void (*call_ended)(void *host, uint64_t call_id, luahost_call_outcome outcome, luahost_slice result);
    /* abort() was called: the whole test is to end, by luahost_vm_stop for each VM. */
    void (*abort_test)(void *host, luahost_slice message);
    /* The number that stands for a name in later calls, asked for once by each VM (more often for names that change
     * all the time). A group's is not 0. */
    uint32_t (*intern)(void *host, luahost_name_kind kind, luahost_slice text);
    /* Counter(name) …: the number that metric_add gets, >= 0; or -1 and *error says why not (another kind under that
     * name). Called once for each name and VM. `is_time`: values are seconds. */
    int32_t (*metric_create)(
        void *host, luahost_metric_kind kind, luahost_slice name, bool is_time, luahost_slice *error);
    /* `value` is finite; of a Rate, 0 or 1. */
    void (*metric_add)(void *host, uint32_t metric, double value, const luahost_tags *tags);
    /* One condition of check(). */
    void (*check_ended)(void *host, uint32_t check, bool passed, const luahost_tags *tags);
    /* How long group() took; tags->group is that group. */
    void (*group_ended)(void *host, double seconds, const luahost_tags *tags);
    /* How long time(name, f) took; `error`, the text of what f raised, or NULL. */
    void (*time_ended)(
        void *host, uint32_t name, double seconds, const luahost_slice *error, const luahost_tags *tags);
    /* A round of pace() is over: since its start, and since the start that was intended. */
    void (*pace_ended)(void *host, double service, double response, const luahost_tags *tags);
} luahost_callbacks;

/* ---- the VM (core/vm.c, core/life.c, the folder script) ---- */

typedef enum luahost_purpose {
    LUAHOST_RUN,
    /* The VM only reads the script's plan of the test: nothing is printed or logged, no background task starts,
     * nobody connects and the main task is never resumed after its first wait. `finished` follows, or `exit`;
     * luahost_vm_plan has the result. When it is destroyed, no pending variable is closed. */
    LUAHOST_READ_PLAN,
    /* A prompt follows the script: neither its end nor its error is the end of the program. */
    LUAHOST_RUN_WITH_PROMPT,
} luahost_purpose;

typedef enum luahost_output {
    LUAHOST_OUTPUT_STAYS,
    /* print() into a standard output that nobody reads any more is not an error: a load test continues without its
     * reader. */
    LUAHOST_OUTPUT_MAY_CLOSE,
} luahost_output;

typedef struct luahost_vm_options {
    bool ignore_environment;   /* -E: no LUA_INIT, LUA_PATH, LUA_CPATH */
    bool warnings;             /* -W */
    bool strict;               /* the first uncaught error ends the program */
    luahost_slice default_url; /* --url, for eio.connect() without one; may be empty */
    luahost_transports default_transports; /* for connect() without transports; none: polling, then websocket */
    size_t memory_limit;       /* bytes; 0: none. Enforced only while Lua runs */
    uint64_t seed;             /* for math.random; 0: Lua's own */
    luahost_purpose purpose;
    /* The text of the script, which is read from its file if absent, and its modules; must outlive the VM. */
    luahost_source *source;
    /* The standard input, if it is shared with other VMs; must outlive the VM. NULL: it is this VM's alone. */
    luahost_input *input;
    luahost_output output;
} luahost_vm_options;

/* A script's text and, from then on, the modules that it requires, for any number of VMs on any threads. */
luahost_source *luahost_source_create(luahost_slice text);
void luahost_source_destroy(luahost_source *source);

/* Bytes that were read from a standard input that VMs share and that none has taken yet. One of them at a time has
 * the turn and is the only one to touch it: see luahost_callbacks.take_stdin. */
luahost_input *luahost_input_create(void);
void luahost_input_destroy(luahost_input *input);
/* luahost_vm_stdin for a VM that is gone meanwhile. */
void luahost_input_arrived(luahost_input *input, luahost_slice chunk, int error);

/* NULL if Lua does not start. `callbacks` is copied; the strings of `options` too. */
luahost_vm *luahost_vm_create(
    luahost_loop *loop, const luahost_callbacks *callbacks, void *host, const luahost_vm_options *options);

typedef enum luahost_step {
    LUAHOST_STEP_CODE,    /* -e: text is Lua */
    LUAHOST_STEP_REQUIRE, /* -l: text is MOD or NAME=MOD */
    LUAHOST_STEP_FILE,    /* text is a path; its folder is put on package.path */
    LUAHOST_STEP_STDIN,   /* a script on the standard input */
} luahost_step;

/* Adds what the main task does, in order. */
void luahost_vm_add_step(luahost_vm *vm, luahost_step step, luahost_slice text);
/* Sets `arg` as lua5.4 does (`arguments[script_index]` is arg[0]; -1: no script, as lua5.4 then does) and starts the
 * main task: LUA_INIT unless it is ignored, then the steps. The arguments after the script are `...` of its chunk. */
void luahost_vm_start(luahost_vm *vm, const luahost_slice *arguments, size_t count, long script_index);
/* Runs what is ready and due. May ask to be called again by `wake` so that sockets get their turn. */
void luahost_vm_run(luahost_vm *vm);
/* The chunk asked for by read_stdin; length 0: end of input; error != 0: errno. */
void luahost_vm_stdin(luahost_vm *vm, luahost_slice chunk, int error);
/* The turn asked for by take_stdin has come. */
void luahost_vm_stdin_turn(luahost_vm *vm);
/* The program shall end by a signal: every client is disconnected with a flush and its disconnect handler runs, except
 * those with handle_sigint = false, which stay as they are; a connect() from now on ends its task without a word.
 * `finished` is called when the clients are closed and their disconnect handlers have returned. */
void luahost_vm_interrupt(luahost_vm *vm);
/* A virtual user shall end: every wait of every task raises the cancellation, what the script has yet to say in its
 * cleanup is sent, then every client is disconnected with a flush and its disconnect handler runs. A failure that
 * this causes is not reported, and no check fails any more. `finished` is called when it is over, also for a VM that
 * is held; possibly from within this call. From within a slice or luahost_vm_run it happens right after. */
void luahost_vm_stop(luahost_vm *vm);
bool luahost_vm_is_stopped(const luahost_vm *vm);
/* After the end that luahost_vm_stop made: the script can be called again. It has no task and no open client. */
void luahost_vm_resume(luahost_vm *vm);
/* os.exit was called with `true` as its second argument: luahost_vm_destroy, when the clients are closed, runs
 * pending <close> variables. */
bool luahost_vm_closes_at_exit(const luahost_vm *vm);
/* How many clients have lost their last connection, closed by neither side, without a disconnect handler or a
 * connect() that was notified; and why the last of them did. The slice lives until the next call for this VM. */
size_t luahost_vm_lost(const luahost_vm *vm, luahost_slice *reason);
/* Writes which tasks keep a script from its end that has disconnected its clients; the tasks that did that are not
 * meant. Returns the length, 0 where there is nothing to say. */
size_t luahost_vm_waits_for(luahost_vm *vm, char *text, size_t size);
/* How many uncaught errors there were. */
size_t luahost_vm_error_count(const luahost_vm *vm);
/* Ends all tasks (running their <close> variables), closes Lua, releases the clients, frees the VM. Not from within a
 * slice. */
void luahost_vm_destroy(luahost_vm *vm);
size_t luahost_vm_memory(const luahost_vm *vm);

/* ---- virtual users (core/call.c, core/plan.c, loadtest/user.c) ---- */

/* A VM that is held is not finished when its script has nothing to do any more. In a held VM whose chunk has returned,
 * os.exit ends the calls that are under way and not the VM. */
void luahost_vm_hold(luahost_vm *vm);
void luahost_vm_release(luahost_vm *vm);

/* Runs the global function `name` as a new task, with a JSON value as its argument (none where it is empty);
 * call_ended follows, later. Returns false, and nothing follows, when the VM is ending. An error, also that there is
 * no such function, goes to `report`. With `wants_result` its first result becomes JSON, and one that cannot is an
 * error. */
bool luahost_vm_call(
    luahost_vm *vm, luahost_slice name, luahost_slice argument, bool wants_result, uint64_t call_id);
/* Raises the cancellation in the call's waits, now and later. The background tasks that it started go on. */
void luahost_vm_cancel_call(luahost_vm *vm, uint64_t call_id);

/* Whether the chunk has returned and the script goes on: no error, signal or os.exit has ended it. */
bool luahost_vm_chunk_returned(const luahost_vm *vm);
/* Whether a global is a function. No metamethod is called here or in the next one. */
bool luahost_vm_has_function(luahost_vm *vm, luahost_slice name);
typedef enum luahost_global { LUAHOST_GLOBAL_NIL, LUAHOST_GLOBAL_OK, LUAHOST_GLOBAL_NOT_JSON } luahost_global;
/* A global as JSON; for LUAHOST_GLOBAL_NOT_JSON, the reason with the path: "cannot encode a function at
 * options.scenarios.chat.exec". The slice lives until the next call for this VM. */
luahost_global luahost_vm_global_json(luahost_vm *vm, luahost_slice name, luahost_slice *json);

typedef struct luahost_user {
    uint64_t id;                /* __VU, vu.id: from 1 */
    uint64_t iteration;         /* __ITER, vu.iteration: of this user, from 0 */
    uint64_t iteration_in_test; /* vu.iteration_in_test: of all users of the scenario, from 0; the row of
                                   data:iteration() */
    luahost_slice scenario;     /* vu.scenario */
    uint64_t seed;              /* math.random is seeded with it; 0: it goes on as it is */
} luahost_user;
/* To be called before luahost_vm_start and before each further iteration. Without it a script is user 1 in iteration
 * 0. */
void luahost_vm_set_user(luahost_vm *vm, const luahost_user *user);
/* Sets a field of __ENV. A name that is not set there is looked up in the process's environment. */
void luahost_vm_set_env(luahost_vm *vm, luahost_slice name, luahost_slice value);

typedef enum luahost_plan {
    LUAHOST_PLAN_UNREAD,
    LUAHOST_PLAN_FINISHED, /* the chunk has returned */
    LUAHOST_PLAN_WAITS,    /* it would wait, or connect: *place is "bot.lua:12 (eio.connect)" */
    LUAHOST_PLAN_FAILED,   /* the error was given to `report` */
    LUAHOST_PLAN_EXITED,   /* os.exit was called */
} luahost_plan;
/* How far the main task of a VM with is_plan got. */
luahost_plan luahost_vm_plan(const luahost_vm *vm, luahost_slice *place);
/* Whether the main task of such a VM wanted to start others. */
bool luahost_vm_plan_starts_tasks(const luahost_vm *vm);

/* The name and version of the Lua library that runs, such as "Lua 5.4.4"; it lives as long as the process. */
luahost_slice luahost_lua_version(void);

#include "CLuaHostPrompt.h"

#endif
