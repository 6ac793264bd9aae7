/* Reading what a script says about its load test: its chunk runs up to the first wait and is then left as it is. */
#include <stdio.h>
#include <string.h>

#include "core/host.h"

/* "bot.lua:12 (eio.sleep)": of the innermost function that is Lua. */
static char *describe(lua_State *L, const char *what) {
    char text[LUA_IDSIZE + 128];
    lua_Debug ar;
    snprintf(text, sizeof text, "%s", what);
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0) continue;
        snprintf(text, sizeof text, "%s:%d (%s)", ar.short_src, ar.currentline, what);
        break;
    }
    char *copy = strdup(text);
    if (copy == NULL) luahost_out_of_memory();
    return copy;
}

int luahost_plan_wait(lua_State *L, const char *what) {
    luahost_vm *vm = luahost_vm_of(L);
    vm->plan = LUAHOST_PLAN_WAITS;
    vm->plan_place = describe(L, what);
    return luahost_wait_for_ever(L);
}

/* The first task is the main one; the others are those that it wanted to start. */
void luahost_plan_run(luahost_vm *vm) {
    luahost_task *task = vm->run_first;
    if (task == NULL || task->kind != LUAHOST_IN_MAIN) return;
    vm->draining = true;
    size_t errors = vm->error_count;
    luahost_task_run_next(vm);
    vm->draining = false;
    if (vm->exiting) return;
    if (vm->plan == LUAHOST_PLAN_UNREAD) {
        vm->plan = vm->error_count > errors ? LUAHOST_PLAN_FAILED : LUAHOST_PLAN_FINISHED;
    }
    vm->finished_told = true;
    vm->host.finished(vm->context);
}

luahost_plan luahost_vm_plan(const luahost_vm *vm, luahost_slice *place) {
    const char *text = vm->plan_place == NULL ? "" : vm->plan_place;
    *place = (luahost_slice){text, strlen(text)};
    return vm->plan;
}

bool luahost_vm_plan_starts_tasks(const luahost_vm *vm) {
    return vm->run_first != NULL;
}
