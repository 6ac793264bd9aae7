/* Reading a script's plan of its load test: its chunk runs up to the first wait and is then left as it is. */
#include "core/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/stack.h"

void luahost_plan_note_wait(lua_State *L, const char *what) {
    luahost_vm *vm = luahost_vm_of(L);
    char text[LUA_IDSIZE + 128];
    lua_Debug ar;
    if (luahost_find_line(L, 1, &ar)) snprintf(text, sizeof text, "%s:%d (%s)", ar.short_src, ar.currentline, what);
    else snprintf(text, sizeof text, "%s", what);
    vm->plan.state = LUAHOST_PLAN_WAITS;
    free(vm->plan.place);
    vm->plan.place = luahost_copy(text, strlen(text));
}

/* The first task is the main one; the others are those that it wanted to start. */
void luahost_plan_run(luahost_vm *vm) {
    luahost_task *task = vm->queue.first;
    if (task == NULL || task->kind != LUAHOST_IN_MAIN) return;
    vm->queue.is_draining = true;
    size_t errors = vm->life.errors;
    luahost_task_run_next(vm);
    vm->queue.is_draining = false;
    if (luahost_vm_is_exiting(vm)) return;
    if (vm->plan.state == LUAHOST_PLAN_UNREAD) {
        vm->plan.state = vm->life.errors > errors ? LUAHOST_PLAN_FAILED : LUAHOST_PLAN_FINISHED;
    }
    vm->life.is_reported = true;
    vm->host.finished(vm->context);
}

luahost_plan luahost_vm_plan(const luahost_vm *vm, luahost_slice *place) {
    const char *text = vm->plan.place == NULL ? "" : vm->plan.place;
    *place = (luahost_slice){text, strlen(text)};
    return vm->plan.state;
}

bool luahost_vm_plan_starts_tasks(const luahost_vm *vm) {
    return vm->queue.first != NULL;
}
