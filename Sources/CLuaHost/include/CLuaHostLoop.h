/* Event loops as the watchdog sees them, and what concerns the whole process: its end, its output, the programs that
 * scripts start. A part of CLuaHost.h, whose rules hold here too. */
#ifndef CLUAHOST_LOOP_H
#define CLUAHOST_LOOP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct luahost_loop luahost_loop;

/* Bytes that live as long as the call that passes them. `data` may be NULL where `length` is 0. */
typedef struct luahost_slice {
    const char *data;
    size_t length;
} luahost_slice;

/* ---- the loop and its watchdog (core/watchdog.c) ---- */

/* Called on the watchdog's thread. `text` says where Lua is, of which user, and for how long it has computed or been
 * inside a C function, where nothing can end it. */
typedef void (*luahost_slow_slice)(void *context, luahost_slice text);

/* One for each event loop; made and destroyed on the loop's thread. A thread of the host's, one for the process,
 * looks at every loop each 100 ms: a slice of Lua that has run for a second is reported with its line, and one that
 * has run for `max_block` seconds (0: no limit) gets an error raised in it until it ends. */
luahost_loop *luahost_loop_create(double max_block, luahost_slow_slice report, void *context);
/* On the loop's thread, while that has to do with no other call for this loop. `report` is not called any more. The
 * memory of its VMs is freed with the last of them. */
void luahost_loop_destroy(luahost_loop *loop);
/* To be called when the loop begins to handle an event: what Lua may run before the loop looks at its sockets again is
 * counted from here. */
void luahost_loop_turn(luahost_loop *loop);
/* From any thread: raises `interrupted!` in whatever slice still runs on this loop `seconds` from now, and goes on
 * doing so. */
void luahost_loop_interrupt(luahost_loop *loop, double seconds);
/* Once this many seconds have passed, a slice that computes is ended at once, whatever it catches, and its VM is
 * stopped as by luahost_vm_stop. An earlier end holds. Safe on any thread. */
void luahost_loop_end(luahost_loop *loop, double seconds);
/* Sends SIGTERM to the programs that scripts of this loop, or of any for NULL, have started and not waited for yet,
 * and to those that these have started: what waits for one goes on. Returns whether there are any. Safe on any
 * thread. */
bool luahost_loop_end_programs(const luahost_loop *loop);
/* Ends the process, from any thread and whatever the others do: writes what is buffered, unless a thread that does
 * not come back holds it, and runs nothing of what exit() would. */
_Noreturn void luahost_exit_now(int status);
/* Writes what is buffered for the standard output, and no other stream: a script may be stuck in that. 0, or what
 * errno is. */
int luahost_flush_output(void);
/* To be called first: the programs that a script starts get the descriptors that this one was started with, and no
 * others. */
void luahost_note_descriptors(void);
/* Writes what is buffered for the standard output, before something is written elsewhere that is to stand after it.
 * Never waits: what another thread is writing just now, or what has no room in a pipe, stays. From any thread. */
void luahost_flush_without_waiting(void);

#endif
