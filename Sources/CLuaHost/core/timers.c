/* Deadlines of waiting tasks: a binary heap in which each task knows its own place. */
#include "core/timers.h"

static void place(luahost_vm *vm, size_t index, luahost_task *task) {
    vm->timers.heap[index] = task;
    task->heap_index = index;
}

static void sift_up(luahost_vm *vm, size_t index, luahost_task *task) {
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (vm->timers.heap[parent]->deadline <= task->deadline) break;
        place(vm, index, vm->timers.heap[parent]);
        index = parent;
    }
    place(vm, index, task);
}

static void sift_down(luahost_vm *vm, size_t index, luahost_task *task) {
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= vm->timers.count) break;
        luahost_task **heap = vm->timers.heap;
        if (child + 1 < vm->timers.count && heap[child + 1]->deadline < heap[child]->deadline) child++;
        if (task->deadline <= vm->timers.heap[child]->deadline) break;
        place(vm, index, vm->timers.heap[child]);
        index = child;
    }
    place(vm, index, task);
}

void luahost_timer_add(luahost_task *task, uint64_t deadline) {
    luahost_vm *vm = task->vm;
    if (vm->timers.count == vm->timers.capacity) {
        size_t capacity = vm->timers.capacity == 0 ? 4 : vm->timers.capacity * 2;
        vm->timers.heap = luahost_reallocate(vm->timers.heap, capacity * sizeof *vm->timers.heap);
        vm->timers.capacity = capacity;
    }
    task->deadline = deadline;
    sift_up(vm, vm->timers.count++, task);
}

void luahost_timer_remove(luahost_task *task) {
    luahost_vm *vm = task->vm;
    size_t index = task->heap_index;
    if (index == SIZE_MAX) return;
    task->heap_index = SIZE_MAX;
    luahost_task *last = vm->timers.heap[--vm->timers.count];
    if (last == task) return;
    if (index > 0 && last->deadline < vm->timers.heap[(index - 1) / 2]->deadline) {
        sift_up(vm, index, last);
    } else {
        sift_down(vm, index, last);
    }
}
