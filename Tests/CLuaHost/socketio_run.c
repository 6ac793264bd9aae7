#include "socketio_run.h"

#include <stdio.h>

static host *start(const char *script) {
    char text[8000];
    snprintf(text, sizeof text,
        "local function out(...) local t = table.pack(...)  for i = 1, t.n do t[i] = type(t[i]) == 'table' and\n"
        "eio.json.encode(t[i]) or tostring(t[i]) end  eio.log.warning(table.concat(t, ' ')) end\n%s", script);
    return host_start(text, NULL);
}

host *run_socketio(const char *script) {
    host *host = start(script);
    host_run(host, 1);
    return host;
}

void expect_run(const char *script, const char *expected, int line) {
    host *host = run_socketio(script);
    expect_log(host, expected, __FILE__, line);
    host_end(host);
}

void expect_quiet_run(const char *script, int line) {
    host *host = start(script);
    host->is_silent = true;
    host_run(host, 1);
    expect_log(host, "finished\n", __FILE__, line);
    host_end(host);
}
