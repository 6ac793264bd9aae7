/* Deadlines of waiting tasks: a binary heap in which each task knows its own place. */
#include "core/timers.h"

#include <stdlib.h>

/* The times of SecondLook, which does the same for the network's own timers. */
#define PUNCTUALITY UINT64_C(5000000)
#define TIME_TO_READ UINT64_C(20000000)

static void place(luahost_vm *vm, size_t index, luahost_task *task) {
    vm->timers[index] = task;
    task->heap_index = index;
}

static void sift_up(luahost_vm *vm, size_t index, luahost_task *task) {
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (vm->timers[parent]->deadline <= task->deadline) break;
        place(vm, index, vm->timers[parent]);
        index = parent;
    }
    place(vm, index, task);
}

static void sift_down(luahost_vm *vm, size_t index, luahost_task *task) {
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= vm->timer_count) break;
        if (child + 1 < vm->timer_count && vm->timers[child + 1]->deadline < vm->timers[child]->deadline) child++;
        if (task->deadline <= vm->timers[child]->deadline) break;
        place(vm, index, vm->timers[child]);
        index = child;
    }
    place(vm, index, task);
}

void luahost_timer_add(luahost_task *task, uint64_t deadline) {
    luahost_vm *vm = task->vm;
    if (vm->timer_count == vm->timer_capacity) {
        size_t capacity = vm->timer_capacity == 0 ? 4 : vm->timer_capacity * 2;
        luahost_task **timers = realloc(vm->timers, capacity * sizeof *timers);
        if (timers == NULL) luahost_out_of_memory();
        vm->timers = timers;
        vm->timer_capacity = capacity;
    }
    task->deadline = deadline;
    sift_up(vm, vm->timer_count++, task);
}

void luahost_timer_remove(luahost_task *task) {
    luahost_vm *vm = task->vm;
    size_t index = task->heap_index;
    if (index == SIZE_MAX) return;
    task->heap_index = SIZE_MAX;
    luahost_task *last = vm->timers[--vm->timer_count];
    if (last == task) return;
    if (index > 0 && last->deadline < vm->timers[(index - 1) / 2]->deadline) {
        sift_up(vm, index, last);
    } else {
        sift_down(vm, index, last);
    }
}

static bool looks_again(luahost_task *task, uint64_t now) {
    if (task->looks == 0 || now - task->deadline <= PUNCTUALITY) return false;
    task->looks--;
    luahost_timer_remove(task);
    luahost_timer_add(task, now + TIME_TO_READ);
    return true;
}

void luahost_timers_expire(luahost_vm *vm, uint64_t now) {
    while (vm->timer_count > 0 && vm->timers[0]->deadline <= now) {
        luahost_task *task = vm->timers[0];
        if (looks_again(task, now)) continue;
        int values = 0;
        if (task->on_timeout != NULL) {
            luahost_enter(vm, task->co);
            values = task->on_timeout(task->co);
            luahost_leave(vm);
        }
        luahost_task_wake(task, values);
    }
}
