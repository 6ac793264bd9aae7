/* The callbacks of a host that measures a load test: they write down what they get. */
#include "callbacks.h"
#include "host.h"

static void call_ended(void *context, uint64_t id, luahost_call_outcome outcome, luahost_slice result) {
    static const char *const outcomes[] = {"ok", "failed", "cancelled", "exited"};
    host *host = context;
    write_down(host, "ended %d %s %.*s\n", (int)id, outcomes[outcome], (int)result.length, result.data);
    if (host->calls_on_end == 0) return;
    host->calls_on_end--;
    host_call(host, "default", "", id + 1);
}

static void abort_test(void *context, luahost_slice message) {
    host *host = context;
    write_down(host, "abort %.*s\n", (int)message.length, message.data);
    if (host->stops_on_abort) luahost_vm_stop(host->vm);
}

static uint32_t intern(void *context, luahost_name_kind kind, luahost_slice text) {
    static const char *const kinds[] = {"group", "check", "time"};
    write_down(context, "intern %s %.*s\n", kinds[kind], (int)text.length, text.data);
    uint32_t id = 0;
    for (size_t index = 0; index < text.length; index++) id += (unsigned char)text.data[index];
    return id;
}

static int32_t metric_create(
    void *context, luahost_metric_kind kind, luahost_slice name, bool is_time, luahost_slice *error) {
    static const char *const kinds[] = {"counter", "gauge", "rate", "trend"};
    host *host = context;
    if (host->refuses_metrics) {
        *error = slice("the host does not want it");
        return -1;
    }
    write_down(host, "%s %.*s%s\n", kinds[kind], (int)name.length, name.data, is_time ? " of times" : "");
    return (int32_t)kind;
}

static void write_tags(host *host, const luahost_tags *tags) {
    if (tags->group != 0) write_down(host, " in %u", tags->group);
    for (size_t index = 0; index < tags->count; index++) {
        const luahost_pair *pair = &tags->pairs[index];
        write_down(
            host, " %.*s=%.*s", (int)pair->name.length, pair->name.data, (int)pair->value.length, pair->value.data);
    }
    write_down(host, "\n");
}

static void metric_add(void *context, uint32_t metric, double value, const luahost_tags *tags) {
    write_down(context, "add %u %g", metric, value);
    write_tags(context, tags);
}

static void check_ended(void *context, uint32_t check, bool passed, const luahost_tags *tags) {
    write_down(context, "check %u %s", check, passed ? "passed" : "failed");
    write_tags(context, tags);
}

static void group_ended(void *context, double seconds, const luahost_tags *tags) {
    write_down(context, "group took %.1f", seconds);
    write_tags(context, tags);
}

static void time_ended(
    void *context, uint32_t name, double seconds, const luahost_slice *error, const luahost_tags *tags) {
    write_down(context, "time %u took %.1f", name, seconds);
    if (error != NULL) write_down(context, " (%.*s)", (int)error->length, error->data);
    write_tags(context, tags);
}

static void pace_ended(void *context, double service, double response, const luahost_tags *tags) {
    write_down(context, "pace %.1f %.1f", service, response);
    write_tags(context, tags);
}

void add_load_test(luahost_callbacks *callbacks) {
    callbacks->call_ended = call_ended;
    callbacks->abort_test = abort_test;
    callbacks->intern = intern;
    callbacks->metric_create = metric_create;
    callbacks->metric_add = metric_add;
    callbacks->check_ended = check_ended;
    callbacks->group_ended = group_ended;
    callbacks->time_ended = time_ended;
    callbacks->pace_ended = pace_ended;
}
