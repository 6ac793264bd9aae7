/* Deadlines of waiting tasks: a binary heap in which each task knows its own place.
 *
 * Most waits end long before their deadline, and their task soon waits again. So a task keeps its place when its wait
 * ends, and moves only if its next deadline is earlier, or when the time of its place has come. */
#include "core/timers.h"

static void place(luahost_vm *vm, size_t index, luahost_task *task) {
    vm->timers.heap[index] = task;
    task->heap_index = index;
}

static void sift_up(luahost_vm *vm, size_t index, luahost_task *task) {
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (vm->timers.heap[parent]->due <= task->due) break;
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
        if (child + 1 < vm->timers.count && heap[child + 1]->due < heap[child]->due) child++;
        if (task->due <= vm->timers.heap[child]->due) break;
        place(vm, index, vm->timers.heap[child]);
        index = child;
    }
    place(vm, index, task);
}

void luahost_timer_add(luahost_task *task, uint64_t deadline) {
    luahost_vm *vm = task->vm;
    task->deadline = deadline;
    if (task->heap_index != SIZE_MAX) {
        if (deadline >= task->due) return;
        task->due = deadline;
        sift_up(vm, task->heap_index, task);
        return;
    }
    if (vm->timers.count == vm->timers.capacity) {
        size_t capacity = vm->timers.capacity == 0 ? 4 : vm->timers.capacity * 2;
        vm->timers.heap = luahost_reallocate(vm->timers.heap, capacity * sizeof *vm->timers.heap);
        vm->timers.capacity = capacity;
    }
    task->due = deadline;
    sift_up(vm, vm->timers.count++, task);
}

void luahost_timer_set_delayed(luahost_vm *vm) {
    if (vm->timers.delayed == NULL) return;
    uint64_t now = luahost_now();
    while (vm->timers.delayed != NULL) {
        luahost_task *task = vm->timers.delayed;
        vm->timers.delayed = task->next_delayed;
        task->is_delayed = false;
        if (task->delay == UINT64_MAX) continue;
        luahost_timer_add(task, now + task->delay);
        task->delay = UINT64_MAX;
    }
}

luahost_task *luahost_timer_first(luahost_vm *vm, uint64_t now) {
    while (vm->timers.count > 0 && vm->timers.heap[0]->due <= now) {
        luahost_task *task = vm->timers.heap[0];
        if (task->deadline <= now) return task;
        if (task->deadline == UINT64_MAX) {
            luahost_timer_remove(task);
        } else {
            task->due = task->deadline;
            sift_down(vm, 0, task);
        }
    }
    return NULL;
}

void luahost_timer_remove(luahost_task *task) {
    luahost_vm *vm = task->vm;
    if (task->is_delayed) luahost_timer_set_delayed(vm);
    size_t index = task->heap_index;
    if (index == SIZE_MAX) return;
    task->heap_index = SIZE_MAX;
    luahost_task *last = vm->timers.heap[--vm->timers.count];
    if (last == task) return;
    if (index > 0 && last->due < vm->timers.heap[(index - 1) / 2]->due) {
        sift_up(vm, index, last);
    } else {
        sift_down(vm, index, last);
    }
}
