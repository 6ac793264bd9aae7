#include "socketio/ack_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    SMALLEST = 8,
    /* More places by the low bits would not pay for their memory. */
    MOST_PLACES = 1024,
    /* More slots are not kept for acks to come. */
    MOST_KEPT = 1024,
};

/* ---- namespaces ---- */

/* Names of one byte are equal: that of the main namespace is the only one. */
static inline bool is_named(const luahost_sio_acks *acks, luahost_slice name) {
    return acks->length == name.length && (name.length == 1 || memcmp(acks->name, name.data, name.length) == 0);
}

static inline luahost_sio_acks *of_namespace(luahost_sio_acks *list, luahost_slice name) {
    luahost_sio_acks *acks = list;
    while (acks != NULL && !is_named(acks, name)) acks = acks->next;
    return acks;
}

static luahost_sio_acks *add_namespace(luahost_sio_acks **list, luahost_slice name) {
    luahost_sio_acks *acks = luahost_reallocate(NULL, sizeof *acks + name.length);
    *acks = (luahost_sio_acks){.places = SMALLEST, .length = name.length};
    acks->recent = luahost_allocate_zeroed(acks->places * sizeof *acks->recent);
    memcpy(acks->name, name.data, name.length);
    while (*list != NULL) list = &(*list)->next;
    *list = acks;
    return acks;
}

/* ---- the hash table ---- */

/* Numbers that follow one another, and those of every n-th event, are spread evenly over all slots. */
static size_t slot_of(const luahost_sio_acks *acks, uint64_t id) {
    return (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (acks->capacity - 1);
}

/* The slot with the number, or the free one where it would be. At least one slot is free. */
static luahost_sio_ack *find_slot(const luahost_sio_acks *acks, uint64_t id) {
    size_t slot = slot_of(acks, id);
    while (acks->slots[slot].id != id && acks->slots[slot].id != 0) slot = (slot + 1) & (acks->capacity - 1);
    return &acks->slots[slot];
}

static void grow_slots(luahost_sio_acks *acks) {
    luahost_sio_ack *before = acks->slots;
    size_t capacity = acks->capacity;
    acks->capacity = capacity == 0 ? SMALLEST : 2 * capacity;
    acks->slots = luahost_allocate_zeroed(acks->capacity * sizeof *acks->slots);
    for (size_t slot = 0; slot < capacity; slot++) {
        if (before[slot].id != 0) *find_slot(acks, before[slot].id) = before[slot];
    }
    free(before);
}

/* Frees the slot. Those after it that could not have their own place move up, so that they are still found. */
static void clear_slot(luahost_sio_acks *acks, const luahost_sio_ack *found) {
    size_t mask = acks->capacity - 1, hole = (size_t)(found - acks->slots);
    for (size_t slot = (hole + 1) & mask; acks->slots[slot].id != 0; slot = (slot + 1) & mask) {
        size_t distance = (slot - slot_of(acks, acks->slots[slot].id)) & mask;
        if (distance < ((slot - hole) & mask)) continue;
        acks->slots[hole] = acks->slots[slot];
        hole = slot;
    }
    acks->slots[hole].id = 0;
    if (--acks->old > 0 || acks->capacity <= MOST_KEPT) return;
    free(acks->slots);
    acks->slots = NULL;
    acks->capacity = 0;
}

/* ---- the places of recent numbers ---- */

static inline luahost_sio_ack *place_of(const luahost_sio_acks *acks, uint64_t id) {
    return &acks->recent[id & (acks->places - 1)];
}

static void grow_places(luahost_sio_acks *acks) {
    luahost_sio_ack *before = acks->recent;
    size_t places = acks->places;
    acks->places = 2 * places;
    acks->recent = luahost_allocate_zeroed(acks->places * sizeof *acks->recent);
    for (size_t place = 0; place < places; place++) {
        if (before[place].id != 0) *place_of(acks, before[place].id) = before[place];
    }
    free(before);
}

/* Another ack has the place of the number: there are more places, or it moves to the hash table. */
static __attribute__((noinline)) luahost_sio_ack *make_place(luahost_sio_acks *acks, uint64_t id) {
    while (place_of(acks, id)->id != 0 && acks->places < MOST_PLACES && 2 * (acks->count - acks->old) >= acks->places) {
        grow_places(acks);
    }
    luahost_sio_ack *place = place_of(acks, id);
    if (place->id == 0) return place;
    if (2 * acks->old >= acks->capacity) grow_slots(acks);
    *find_slot(acks, place->id) = *place;
    acks->old++;
    return place;
}

/* The ack with this number in its place or in the hash table; NULL without one. */
static inline luahost_sio_ack *find(const luahost_sio_acks *acks, uint64_t id) {
    if (id == 0) return NULL;
    luahost_sio_ack *place = place_of(acks, id);
    if (__builtin_expect(place->id == id, 1)) return place;
    if (acks->old == 0) return NULL;
    luahost_sio_ack *slot = find_slot(acks, id);
    return slot->id == id ? slot : NULL;
}

static inline void clear(luahost_sio_acks *acks, luahost_sio_ack *found) {
    acks->count--;
    if (__builtin_expect(found == place_of(acks, found->id), 1)) found->id = 0;
    else clear_slot(acks, found);
}

/* ---- all of them ---- */

void luahost_sio_acks_add(luahost_sio_acks **list, luahost_slice name_space, luahost_sio_ack ack) {
    luahost_sio_acks *acks = of_namespace(*list, name_space);
    if (__builtin_expect(acks == NULL, 0)) acks = add_namespace(list, name_space);
    luahost_sio_ack *place = place_of(acks, ack.id);
    if (__builtin_expect(place->id != 0, 0)) place = make_place(acks, ack.id);
    acks->count++;
    *place = ack;
}

luahost_sio_ack luahost_sio_acks_take(luahost_sio_acks *list, luahost_slice name_space, uint64_t id) {
    luahost_sio_acks *acks = of_namespace(list, name_space);
    luahost_sio_ack *found = acks == NULL ? NULL : find(acks, id);
    if (found == NULL) return (luahost_sio_ack){0};
    luahost_sio_ack ack = *found;
    clear(acks, found);
    return ack;
}

bool luahost_sio_acks_has(const luahost_sio_acks *acks, uint64_t id, const luahost_task *task) {
    const luahost_sio_ack *found = find(acks, id);
    return found != NULL && found->task == task;
}

const luahost_sio_acks *luahost_sio_acks_drop(luahost_sio_acks *list, uint64_t id, const luahost_task *task) {
    luahost_sio_acks *acks = list;
    while (acks != NULL && !luahost_sio_acks_has(acks, id, task)) acks = acks->next;
    if (acks != NULL) clear(acks, find(acks, id));
    return acks;
}

void luahost_sio_acks_each(
    const luahost_sio_acks *acks, void (*body)(void *context, const luahost_sio_ack *ack), void *context) {
    for (size_t place = 0; place < acks->places; place++) {
        if (acks->recent[place].id != 0) body(context, &acks->recent[place]);
    }
    for (size_t slot = 0; slot < acks->capacity; slot++) {
        if (acks->slots[slot].id != 0) body(context, &acks->slots[slot]);
    }
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
        free(acks->recent);
        free(acks->slots);
        free(acks);
    }
}
