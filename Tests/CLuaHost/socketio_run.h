/* Scripts with a Socket.IO client, without sockets. */
#ifndef TEST_SOCKETIO_RUN_H
#define TEST_SOCKETIO_RUN_H

#include "host.h"

/* A host whose script has run to its end, or for a second. It logs what the script gives to out(…). */
host *run_socketio(const char *script);
/* Runs the script, and expects this log. */
void expect_run(const char *script, const char *expected, int line);
#define EXPECT_RUN(script, expected) expect_run(script, expected, __LINE__)
/* Runs the script, and expects that it asserts nothing wrong. Nothing else is logged. */
void expect_quiet_run(const char *script, int line);
#define EXPECT_QUIET_RUN(script) expect_quiet_run(script, __LINE__)

#endif
