#include "core/schedule.h"

#include "core/timers.h"

void luahost_ask_for_run(luahost_vm *vm) {
    if (vm->queue.is_draining || vm->queue.wake_asked || !luahost_vm_may_resume(vm)) return;
    vm->queue.wake_asked = true;
    vm->host.wake(vm->context);
}

void luahost_task_ready(luahost_task *task, int values) {
    luahost_vm *vm = task->vm;
    luahost_leave(vm);
    task->state = LUAHOST_TASK_READY;
    task->values = values;
    task->next = NULL;
    task->previous = vm->queue.last;
    if (vm->queue.last != NULL) vm->queue.last->next = task; else vm->queue.first = task;
    vm->queue.last = task;
    luahost_ask_for_run(vm);
}

static void stop_waiting(luahost_task *task) {
    luahost_timer_stop(task);
    luahost_wait_queue *queue = task->waits_on;
    if (queue == NULL) return;
    if (task->previous != NULL) task->previous->next = task->next; else queue->first = task->next;
    if (task->next != NULL) task->next->previous = task->previous; else queue->last = task->previous;
    task->waits_on = NULL;
}

void luahost_task_wake(luahost_task *task, int values) {
    if (task->state != LUAHOST_TASK_WAITING) return;
    stop_waiting(task);
    luahost_task_ready(task, values);
}

void luahost_task_cancel(luahost_task *task) {
    if (task->state == LUAHOST_TASK_DONE) return;
    task->cancelled = true;
    /* A result that the wait has already got is not lost, because then the next wait raises. */
    if (task->state != LUAHOST_TASK_WAITING) return;
    luahost_wait_queue *queue = task->waits_on;
    bool is_asked = queue != NULL && queue->on_cancel != NULL && !luahost_vm_is_closing(task->vm);
    if (is_asked && queue->on_cancel(queue, task)) return;
    luahost_task_end_wait(task);
}

void luahost_task_end_wait(luahost_task *task) {
    task->cancelled = task->raise_cancelled = true;
    luahost_task_wake(task, 0);
}

void luahost_ask_again(luahost_vm *vm) {
    luahost_timer_set_delayed(vm);
    if (!luahost_vm_may_resume(vm) || vm->timers.count == 0) return;
    uint64_t deadline = vm->timers.heap[0]->due;
    if (deadline >= vm->queue.wake_at) return;
    vm->queue.wake_at = deadline;
    vm->host.wake_at(vm->context, deadline);
}
