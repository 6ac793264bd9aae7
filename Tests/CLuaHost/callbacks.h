/* The parts of the host: its log, its clients' sessions, its load test. */
#ifndef TEST_CALLBACKS_H
#define TEST_CALLBACKS_H

#include "host.h"

void write_down(host *host, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each adds its functions. */
void add_peers(luahost_callbacks *callbacks);
void add_load_test(luahost_callbacks *callbacks);

/* One step of each session; false if nothing was to be done. */
bool serve_peers(host *host);
void free_peers(host *host);

#endif
