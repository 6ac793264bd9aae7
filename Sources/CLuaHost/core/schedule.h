/* The run queue: how a task gets into it, and when the host is asked for another run. */
#ifndef LUAHOST_SCHEDULE_H
#define LUAHOST_SCHEDULE_H

#include "core/loop.h"
#include "core/vm.h"

/* Puts the task at the end of the run queue, with that many values on its stack. */
void luahost_task_ready(luahost_task *task, int values);
/* Wakes a waiting task: push the values that its wait returns on task->co first. Legal within another task's slice. */
void luahost_task_wake(luahost_task *task, int values);
/* Raises the cancellation in the wait that it is in, or else in its next one. Legal within another task's slice. */
void luahost_task_cancel(luahost_task *task);
/* Cancels a waiting task; its wait ends now. */
void luahost_task_end_wait(luahost_task *task);
/* Asks for luahost_vm_run, unless it is on its way. */
void luahost_ask_for_run(luahost_vm *vm);
/* Whether luahost_ask_again has anything to do. */
static inline bool luahost_has_timers(const luahost_vm *vm) {
    return vm->timers.count > 0 || vm->timers.delayed != NULL;
}
/* At the end of a run: asks the host for the next one at the next deadline, unless it knows. */
void luahost_ask_again(luahost_vm *vm);

/* Whether more slices may run before the loop looks at its sockets; false also within a slice. */
static inline bool luahost_may_run(const luahost_vm *vm) {
    return vm->current == NULL && luahost_vm_may_resume(vm) &&
        vm->loop->turn_tick == atomic_load_explicit(&luahost_tick, memory_order_relaxed);
}

/* Around what is pushed outside of any slice (on a waiting task's stack, for a wake): an allocation may run a
 * finalizer of the script, and the watchdog has to see it. luahost_task_create … _ready or _run_now do this by
 * themselves. */
static inline void luahost_enter(luahost_vm *vm, lua_State *L) {
    if (luahost_loop_is_inside(vm->loop)) return;
    luahost_loop_set_running(vm->loop, L);
    luahost_loop_step(vm->loop);
}

static inline void luahost_leave(luahost_vm *vm) {
    if (vm->current != NULL || !luahost_loop_is_inside(vm->loop)) return;
    luahost_loop_step(vm->loop);
}

#endif
