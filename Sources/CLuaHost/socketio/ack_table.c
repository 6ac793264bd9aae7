#include "socketio/ack_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    SMALLEST = 8,
    /* More slots are not kept for acks to come. */
    MOST_KEPT = 1024,
};

/* Numbers that follow one another, and those of every n-th event, are spread evenly over all slots. */
static size_t place_of(const luahost_sio_acks *acks, uint64_t id) {
    return (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (acks->capacity - 1);
}

/* The slot with the number, or the free one where it would be. At least one slot is free. */
static luahost_sio_ack *find(const luahost_sio_acks *acks, uint64_t id) {
    size_t slot = place_of(acks, id);
    while (acks->slots[slot].id != id && acks->slots[slot].id != 0) slot = (slot + 1) & (acks->capacity - 1);
    return &acks->slots[slot];
}

static luahost_sio_acks *of_namespace(luahost_sio_acks *list, luahost_slice name) {
    luahost_sio_acks *acks = list;
    while (acks != NULL && (acks->length != name.length || memcmp(acks->name, name.data, name.length) != 0)) {
        acks = acks->next;
    }
    return acks;
}

static luahost_sio_acks *add_namespace(luahost_sio_acks **list, luahost_slice name) {
    luahost_sio_acks *acks = luahost_reallocate(NULL, sizeof *acks + name.length);
    *acks = (luahost_sio_acks){.length = name.length};
    memcpy(acks->name, name.data, name.length);
    while (*list != NULL) list = &(*list)->next;
    *list = acks;
    return acks;
}

static void grow(luahost_sio_acks *acks) {
    luahost_sio_ack *before = acks->slots;
    size_t capacity = acks->capacity;
    acks->capacity = capacity == 0 ? SMALLEST : 2 * capacity;
    acks->slots = luahost_allocate_zeroed(acks->capacity * sizeof *acks->slots);
    for (size_t slot = 0; slot < capacity; slot++) {
        if (before[slot].id != 0) *find(acks, before[slot].id) = before[slot];
    }
    free(before);
}

void luahost_sio_acks_add(luahost_sio_acks **list, luahost_slice name_space, luahost_sio_ack ack) {
    luahost_sio_acks *acks = of_namespace(*list, name_space);
    if (acks == NULL) acks = add_namespace(list, name_space);
    if (2 * acks->count >= acks->capacity) grow(acks);
    luahost_sio_ack *slot = find(acks, ack.id);
    if (slot->id == 0) acks->count++;
    *slot = ack;
}

/* Frees the slot. Those after it that could not have their own place move up, so that they are still found. */
static void clear(luahost_sio_acks *acks, luahost_sio_ack *found) {
    size_t mask = acks->capacity - 1, hole = (size_t)(found - acks->slots);
    for (size_t slot = (hole + 1) & mask; acks->slots[slot].id != 0; slot = (slot + 1) & mask) {
        size_t distance = (slot - place_of(acks, acks->slots[slot].id)) & mask;
        if (distance < ((slot - hole) & mask)) continue;
        acks->slots[hole] = acks->slots[slot];
        hole = slot;
    }
    acks->slots[hole].id = 0;
    if (--acks->count > 0 || acks->capacity <= MOST_KEPT) return;
    free(acks->slots);
    acks->slots = NULL;
    acks->capacity = 0;
}

luahost_sio_ack luahost_sio_acks_take(luahost_sio_acks *list, luahost_slice name_space, uint64_t id) {
    static const luahost_sio_ack none = {0};
    luahost_sio_acks *acks = of_namespace(list, name_space);
    if (acks == NULL || acks->capacity == 0 || id == 0) return none;
    luahost_sio_ack *found = find(acks, id), ack = *found;
    if (ack.id != 0) clear(acks, found);
    return ack;
}

bool luahost_sio_acks_has(const luahost_sio_acks *acks, uint64_t id, const luahost_task *task) {
    if (acks->capacity == 0 || id == 0) return false;
    const luahost_sio_ack *found = find(acks, id);
    return found->id == id && found->task == task;
}

const luahost_sio_acks *luahost_sio_acks_drop(luahost_sio_acks *list, uint64_t id, const luahost_task *task) {
    luahost_sio_acks *acks = list;
    while (acks != NULL && !luahost_sio_acks_has(acks, id, task)) acks = acks->next;
    if (acks != NULL) clear(acks, find(acks, id));
    return acks;
}

luahost_sio_acks *luahost_sio_acks_detach(luahost_sio_acks **list, luahost_slice name_space) {
    luahost_sio_acks *acks = of_namespace(*list, name_space);
    if (acks == NULL) return NULL;
    while (*list != acks) list = &(*list)->next;
    *list = acks->next;
    acks->next = NULL;
    return acks;
}

void luahost_sio_acks_free(luahost_sio_acks *list) {
    while (list != NULL) {
        luahost_sio_acks *acks = list;
        list = acks->next;
        free(acks->slots);
        free(acks);
    }
}
