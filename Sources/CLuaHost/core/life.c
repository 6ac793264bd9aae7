#include "core/life.h"

#include "core/module.h"
#include "core/schedule.h"

void luahost_vm_check_finished(luahost_vm *vm) {
    if (vm->life.is_reported || !luahost_vm_may_resume(vm) || vm->queue.is_draining || vm->current != NULL) return;
    if (vm->clients.in_session > vm->clients.left_alone) return;
    bool is_idle = vm->tasks.count == 0 && vm->clients.pending == 0;
    bool is_over = false;
    switch (vm->life.phase) {
    case LUAHOST_RUNNING:
        is_over = vm->life.main_done && is_idle && vm->life.holds == 0 && !luahost_vm_has_prompt(vm);
        break;
    case LUAHOST_INTERRUPTED: is_over = vm->tasks.disconnect_handlers == 0; break;
    case LUAHOST_STOPPED: is_over = is_idle; break;
    default: break;
    }
    if (!is_over) return;
    vm->life.is_reported = true;
    vm->host.finished(vm->context);
}

void luahost_vm_disconnect_all(luahost_vm *vm) {
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->interrupt != NULL) (*module)->interrupt(vm);
    }
}

void luahost_vm_end(luahost_vm *vm) {
    if (!luahost_vm_is_running(vm)) return;
    vm->life.phase = LUAHOST_INTERRUPTED;
    luahost_vm_disconnect_all(vm);
    luahost_vm_check_finished(vm);
}

void luahost_vm_interrupt(luahost_vm *vm) {
    if (!luahost_vm_is_running(vm)) return;
    for (const luahost_module *const *module = luahost_modules; *module != NULL; module++) {
        if ((*module)->leave_alone != NULL) (*module)->leave_alone(vm);
    }
    luahost_vm_end(vm);
}

void luahost_vm_stop_soon(luahost_vm *vm) {
    if (vm->life.phase > LUAHOST_INTERRUPTED || luahost_vm_is_plan(vm)) return;
    vm->life.phase = LUAHOST_STOPPING;
    luahost_ask_for_run(vm);
}

bool luahost_vm_is_stopped(const luahost_vm *vm) {
    luahost_phase phase = vm->life.phase;
    return phase == LUAHOST_STOPPING || phase == LUAHOST_STOPPED || phase == LUAHOST_EXITING_STOPPED;
}

void luahost_vm_resume(luahost_vm *vm) {
    if (vm->life.phase <= LUAHOST_STOPPED) vm->life.phase = LUAHOST_RUNNING;
    vm->life.is_reported = false;
}

void luahost_vm_exit(luahost_vm *vm, int status, bool is_clean) {
    if (luahost_vm_is_exiting(vm)) return;
    vm->life.phase = luahost_vm_is_closing(vm) ? LUAHOST_CLOSING_AT_ONCE
        : is_clean                            ? LUAHOST_EXITING_CLEANLY
        : luahost_vm_is_stopped(vm)           ? LUAHOST_EXITING_STOPPED
                                              : LUAHOST_EXITING;
    vm->host.exit(vm->context, status);
}

bool luahost_vm_closes_at_exit(const luahost_vm *vm) {
    return vm->life.phase == LUAHOST_EXITING_CLEANLY;
}

bool luahost_vm_chunk_returned(const luahost_vm *vm) {
    return vm->life.main_done && luahost_vm_is_running(vm);
}

void luahost_vm_hold(luahost_vm *vm) {
    vm->life.holds++;
}

void luahost_vm_release(luahost_vm *vm) {
    if (--vm->life.holds == 0) luahost_vm_check_finished(vm);
}

size_t luahost_vm_error_count(const luahost_vm *vm) {
    return vm->life.errors;
}
