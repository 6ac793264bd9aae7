/* The standard input for scripts: the host reads it, in chunks, and a task waits for what its formats need. The
 * formats are those of Lua's io library. */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arguments.h"
#include "core/hook.h"
#include "core/schedule.h"
#include "core/wait.h"
#include "library/library.h"

/* Of one record. */
#define MOST_BYTES ((size_t)1 << 30)

/* Bytes that were read and not taken yet. */
struct luahost_input {
    luahost_buffer buffer;
    size_t start;         /* what comes before it was taken */
    size_t scanned;       /* up to there is no line feed */
    bool at_end;          /* until it was reported: a terminal may continue after it */
    int error;
};

typedef enum turn { TURN_NONE, TURN_ASKED, TURN_HELD } turn;

struct luahost_stdin {
    luahost_input own;
    luahost_input *stream; /* `own`, or one that VMs share */
    turn turn;            /* at `stream`; at `own` it is always held */
    bool asked;           /* the host owes a chunk */
    bool is_taken;        /* a reader was woken and has not run yet: newcomers wait behind it */
    luahost_wait_queue readers;
};

typedef enum taken { TAKEN, TAKEN_NOTHING, NEEDS_MORE } taken;

static struct luahost_stdin *input_of(luahost_vm *vm) {
    if (vm->parts.input == NULL) {
        vm->parts.input = luahost_allocate_zeroed(sizeof *vm->parts.input);
        bool is_shared = vm->options.input != NULL;
        vm->parts.input->stream = is_shared ? vm->options.input : &vm->parts.input->own;
        vm->parts.input->turn = is_shared ? TURN_NONE : TURN_HELD;
    }
    return vm->parts.input;
}

void luahost_input_free(luahost_vm *vm) {
    if (vm->parts.input == NULL) return;
    luahost_buffer_free(&vm->parts.input->own.buffer);
    free(vm->parts.input);
}

luahost_input *luahost_input_create(void) {
    return luahost_allocate_zeroed(sizeof(luahost_input));
}

void luahost_input_destroy(luahost_input *input) {
    luahost_buffer_free(&input->buffer);
    free(input);
}

/* ---- formats ---- */

static size_t available(const luahost_input *input) {
    return input->buffer.length - input->start;
}

static void give_back_storage(luahost_input *input) {
    if (input->start < input->buffer.length) return;
    luahost_buffer_reset(&input->buffer, 65536);
    input->start = input->scanned = 0;
}

static void consume(luahost_input *input, size_t count) {
    input->start += count;
    input->scanned = input->start;
}

/* It is taken before it is pushed: the push may run a finalizer, which may read, too. Lua has its copy of the bytes
 * by then. */
static taken take(lua_State *L, luahost_input *input, size_t count, size_t drop) {
    size_t start = input->start;
    consume(input, count + drop);
    lua_pushlstring(L, count == 0 ? "" : input->buffer.data + start, count);
    give_back_storage(input);
    return TAKEN;
}

static taken take_line(lua_State *L, luahost_input *input, bool keeps_end) {
    size_t rest = available(input);
    const char *from = input->buffer.data;
    const char *end = rest == 0 ? NULL : memchr(from + input->scanned, '\n', input->buffer.length - input->scanned);
    if (end != NULL) return take(L, input, (size_t)(end - from) - input->start + keeps_end, !keeps_end);
    input->scanned = input->buffer.length;
    if (!input->at_end) return NEEDS_MORE;
    return rest == 0 ? TAKEN_NOTHING : take(L, input, rest, 0);
}

static taken take_count(lua_State *L, luahost_input *input, size_t count) {
    size_t rest = available(input);
    if (rest < (count == 0 ? 1 : count) && !input->at_end) return NEEDS_MORE;
    if (rest == 0) return TAKEN_NOTHING;
    return take(L, input, rest < count ? rest : count, 0);
}

/* A numeral as io.read reads it: bytes that can begin a numeral are taken even if they turn out not to be one. */
typedef struct scan {
    const char *at, *end;
    char text[201];
    size_t length;
} scan;

static bool accept(scan *scan, const char *set) {
    if (scan->at == scan->end || *scan->at == '\0' || strchr(set, *scan->at) == NULL) return false;
    if (scan->length >= sizeof scan->text - 1) {
        scan->text[0] = '\0';
        return false;
    }
    scan->text[scan->length++] = *scan->at++;
    return true;
}

static int accept_digits(scan *scan, bool is_hexadecimal) {
    int count = 0;
    while (accept(scan, is_hexadecimal ? "0123456789abcdefABCDEF" : "0123456789")) count++;
    return count;
}

static taken take_number(lua_State *L, luahost_input *input) {
    const char *from = input->buffer.data + input->start;
    scan scan = {.at = from, .end = from + available(input)};
    while (scan.at < scan.end && isspace((unsigned char)*scan.at)) scan.at++;
    accept(&scan, "-+");
    int digits = 0;
    bool is_hexadecimal = false;
    if (accept(&scan, "0")) {
        if (accept(&scan, "xX")) is_hexadecimal = true; else digits = 1;
    }
    digits += accept_digits(&scan, is_hexadecimal);
    if (accept(&scan, ".")) digits += accept_digits(&scan, is_hexadecimal);
    if (digits > 0 && accept(&scan, is_hexadecimal ? "pP" : "eE")) {
        accept(&scan, "-+");
        accept_digits(&scan, false);
    }
    /* The numeral may go on in the next chunk. */
    if (scan.at == scan.end && !input->at_end) return NEEDS_MORE;
    scan.text[scan.length] = '\0';
    consume(input, (size_t)(scan.at - from));
    give_back_storage(input);
    return lua_stringtonumber(L, scan.text) != 0 ? TAKEN : TAKEN_NOTHING;
}

static taken take_format(lua_State *L, luahost_input *input, int index) {
    if (lua_type(L, index) == LUA_TNUMBER) return take_count(L, input, (size_t)lua_tointeger(L, index));
    const char *format = lua_tostring(L, index);
    if (*format == '*') format++;
    switch (*format) {
    case 'n': return take_number(L, input);
    case 'l': return take_line(L, input, false);
    case 'L': return take_line(L, input, true);
    default: return input->at_end ? take(L, input, available(input), 0) : NEEDS_MORE;
    }
}

static void check_format(lua_State *L, int index) {
    int is_integer = 0;
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        if (lua_tointegerx(L, index, &is_integer) < 0) is_integer = 0;
        if (!is_integer) luahost_argument_error(L, index, "read", "a count must be an integer >= 0");
        break;
    case LUA_TSTRING: {
        const char *format = lua_tostring(L, index);
        if (*format == '*') format++;
        if (*format == '\0' || strchr("nlLa", *format) == NULL) {
            luahost_argument_error(L, index, "read", "invalid format");
        }
        break;
    }
    default:
        luahost_argument_error(L, index, "read", "string expected, got %s", luaL_typename(L, index));
    }
}

/* ---- chunks ---- */

static bool take_turn(luahost_vm *vm, struct luahost_stdin *input) {
    if (input->turn == TURN_NONE) input->turn = vm->host.take_stdin(vm->context) ? TURN_HELD : TURN_ASKED;
    return input->turn == TURN_HELD;
}

static void ask(luahost_vm *vm, struct luahost_stdin *input) {
    if (!take_turn(vm, input) || input->asked) return;
    input->asked = true;
    vm->host.read_stdin(vm->context);
}

static void arrived(luahost_input *input, const char *data, size_t length, int error) {
    if (input->start > 0 && input->start >= input->buffer.length / 2) {
        memmove(input->buffer.data, input->buffer.data + input->start, available(input));
        input->buffer.length -= input->start;
        input->scanned -= input->start;
        input->start = 0;
    }
    luahost_buffer_append(&input->buffer, data, length);
    input->error = error;
    input->at_end = length == 0;
    if (available(input) <= MOST_BYTES) return;
    /* More is only read where what is there is no whole record. */
    luahost_buffer_free(&input->buffer);
    input->start = input->scanned = 0;
    input->error = EFBIG;
}

void luahost_input_arrived(luahost_input *input, luahost_slice chunk, int error) {
    arrived(input, chunk.data, chunk.length, error);
}

/* Where Lua cannot wait, a read holds up the loop, as it does in lua5.4. */
static void read_now(luahost_input *input) {
    char chunk[4096];
    for (;;) {
        ssize_t count = read(STDIN_FILENO, chunk, sizeof chunk);
        if (count >= 0) {
            arrived(input, chunk, (size_t)count, 0);
            return;
        }
        if (errno == EAGAIN) {
            struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            arrived(input, NULL, 0, errno);
            return;
        }
    }
}

static void next_reader(luahost_vm *vm, struct luahost_stdin *input) {
    if (input->readers.first == NULL || input->is_taken || !take_turn(vm, input)) return;
    if (available(input->stream) == 0 && !input->stream->at_end && input->stream->error == 0) {
        ask(vm, input);
        return;
    }
    input->is_taken = true;
    luahost_task_wake(input->readers.first, 0);
}

/* With each record the turn passes to the VM that has waited longest. */
static void give_turn(luahost_vm *vm, struct luahost_stdin *input) {
    if (input->stream == &input->own || input->turn != TURN_HELD || input->asked) return;
    input->turn = TURN_NONE;
    vm->host.give_stdin(vm->context);
}

static void settle(luahost_vm *vm, struct luahost_stdin *input) {
    if (input->readers.first == NULL && !input->is_taken) give_turn(vm, input);
    else next_reader(vm, input);
}

void luahost_vm_stdin(luahost_vm *vm, luahost_slice chunk, int error) {
    struct luahost_stdin *input = input_of(vm);
    input->asked = false;
    arrived(input->stream, chunk.data, chunk.length, error);
    if (!luahost_vm_is_closing(vm)) settle(vm, input);
}

void luahost_vm_stdin_turn(luahost_vm *vm) {
    struct luahost_stdin *input = input_of(vm);
    input->turn = TURN_HELD;
    if (!luahost_vm_is_closing(vm)) settle(vm, input);
}

void luahost_input_settle(luahost_vm *vm) {
    struct luahost_stdin *input = vm->parts.input;
    if (input == NULL) return;
    bool is_idle = input->turn == TURN_HELD && !input->asked && !input->is_taken;
    if (is_idle && input->stream != &input->own) settle(vm, input);
}

/* ---- reading ---- */

/* L's stack: whether it is a line iterator, how many formats, the formats, what was read so far. */
enum { IS_LINES = 1, COUNT = 2, FORMATS = 3 };

static int finish(lua_State *L, luahost_vm *vm, struct luahost_stdin *input) {
    int error = input->stream->error;
    input->stream->error = 0;
    input->stream->at_end = false;
    give_turn(vm, input);
    next_reader(vm, input);
    int first = FORMATS + (int)lua_tointeger(L, COUNT);
    bool is_lines = lua_toboolean(L, IS_LINES);
    if (error != 0) {
        if (is_lines) return luaL_error(L, "%s", strerror(error));
        lua_pushnil(L);
        lua_pushstring(L, strerror(error));
        lua_pushinteger(L, error);
        return 3;
    }
    return lua_gettop(L) - first + 1;
}

static int go_on(lua_State *L, int status, lua_KContext top);

static int read_formats(lua_State *L, bool was_first) {
    luahost_vm *vm = luahost_vm_of(L);
    struct luahost_stdin *input = input_of(vm);
    int count = (int)lua_tointeger(L, COUNT);
    for (;;) {
        int index = lua_gettop(L) - count - COUNT;
        bool has_turn = take_turn(vm, input);
        if (has_turn && (index == count || input->stream->error != 0)) return finish(L, vm, input);
        bool can_wait = luahost_can_wait(L);
        bool is_behind = !was_first && can_wait && (input->readers.first != NULL || input->is_taken);
        taken result = is_behind || !has_turn ? NEEDS_MORE : take_format(L, input->stream, FORMATS + index);
        if (result == TAKEN_NOTHING) {
            lua_pushnil(L);
            return finish(L, vm, input);
        }
        if (result == TAKEN) continue;
        /* The VM that has the turn may need this loop to go on. */
        if (!can_wait && !has_turn) return luahost_raise_cannot_wait(L, "io.read");
        if (!can_wait) {
            luahost_block_begin(L, "io.read");
            read_now(input->stream);
            luahost_block_end(L);
            continue;
        }
        if (is_behind) return luahost_park_with(L, &input->readers, -1, NULL, "io.read", go_on);
        luahost_check_wait(L, "io.read");
        ask(vm, input);
        return luahost_park_first_with(L, &input->readers, "io.read", go_on);
    }
}

static int go_on(lua_State *L, int status, lua_KContext top) {
    (void)status;
    input_of(luahost_vm_of(L))->is_taken = false;
    lua_settop(L, (int)top);
    return read_formats(L, true);
}

int luahost_input_read(lua_State *L, bool is_line_iterator) {
    if (luahost_vm_is_plan(luahost_vm_of(L))) return luahost_park(L, NULL, -1, NULL, "io.read");
    if (lua_gettop(L) == 0) lua_pushliteral(L, "l");
    int count = lua_gettop(L);
    for (int index = 1; index <= count; index++) check_format(L, index);
    luaL_checkstack(L, count + LUA_MINSTACK, "too many arguments");
    lua_pushboolean(L, is_line_iterator);
    lua_insert(L, 1);
    lua_pushinteger(L, count);
    lua_insert(L, 2);
    return read_formats(L, false);
}
