#include "client_options.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(const char *problem)
{
    fprintf(stderr,
            "raw_client: %s\n"
            "usage: raw_client --url http://ADDRESS:PORT [--mode pingpong|idle|recv|connect] [--clients N]\n"
            "                  [--window N] [--size BYTES] [--seconds S] [--transport websocket]\n",
            problem);
    exit(64);
}

static void parse_url(const char *url, struct sockaddr_in *address)
{
    char host[64];
    unsigned port;
    if (sscanf(url, "http://%63[0-9.]:%u", host, &port) != 2 || port > UINT16_MAX) {
        usage("the url is not http://ADDRESS:PORT");
    }
    address->sin_family = AF_INET;
    address->sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, host, &address->sin_addr) != 1) {
        usage("the url has no IPv4 address");
    }
}

static ClientMode parse_mode(const char *name)
{
    static const char *const names[] = {
        [MODE_PINGPONG] = "pingpong", [MODE_IDLE] = "idle", [MODE_RECV] = "recv", [MODE_CONNECT] = "connect"};
    for (int mode = MODE_PINGPONG; mode <= MODE_CONNECT; mode++) {
        if (strcmp(name, names[mode]) == 0) {
            return (ClientMode)mode;
        }
    }
    usage("unknown mode");
    return MODE_PINGPONG;
}

ClientOptions client_options_parse(int count, char **arguments)
{
    ClientOptions options = {.mode_name = "pingpong", .clients = 1, .window = 1, .size = 32, .seconds = 3};
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (value == NULL) {
            usage("an option has no value");
        } else if (strcmp(name, "--url") == 0) {
            parse_url(value, &options.address);
        } else if (strcmp(name, "--mode") == 0) {
            options.mode = parse_mode(value);
            options.mode_name = value;
        } else if (strcmp(name, "--clients") == 0) {
            options.clients = (uint32_t)strtoul(value, NULL, 10);
        } else if (strcmp(name, "--window") == 0) {
            options.window = (uint32_t)strtoul(value, NULL, 10);
        } else if (strcmp(name, "--size") == 0) {
            options.size = strtoul(value, NULL, 10);
        } else if (strcmp(name, "--seconds") == 0) {
            options.seconds = strtod(value, NULL);
        } else if (strcmp(name, "--transport") != 0 || strcmp(value, "websocket") != 0) {
            usage("unknown option, or a transport other than websocket");
        }
    }
    if (options.address.sin_port == 0 || options.clients == 0 || options.window == 0) {
        usage("a url, at least one client and a window of at least one message are needed");
    }
    return options;
}
