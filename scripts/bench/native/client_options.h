/// The command line that every client of the benchmark understands.
#ifndef BENCH_CLIENT_OPTIONS_H
#define BENCH_CLIENT_OPTIONS_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { MODE_PINGPONG, MODE_IDLE, MODE_RECV, MODE_CONNECT } ClientMode;

typedef struct {
    struct sockaddr_in address;
    ClientMode mode;
    const char *mode_name;
    uint32_t clients;
    /// Messages that each client keeps in flight.
    uint32_t window;
    size_t size;
    double seconds;
} ClientOptions;

/// Ends the program with status 64 on a wrong command line.
ClientOptions client_options_parse(int count, char **arguments);

#endif
