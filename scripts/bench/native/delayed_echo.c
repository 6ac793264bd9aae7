#include "delayed_echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Kept {
    struct Kept *next;
    /// NULL once the session has ended.
    Session *session;
    uint64_t due_ns;
    size_t length;
    uint8_t opcode;
    char payload[];
} Kept;

static Kept *first;
static Kept **end = &first;

void delayed_echo_add(Session *session, uint8_t opcode, const char *payload, size_t length, uint64_t due_ns)
{
    Kept *kept = malloc(sizeof *kept + length);
    if (kept == NULL) {
        perror("malloc");
        exit(1);
    }
    *kept = (Kept){.session = session, .due_ns = due_ns, .length = length, .opcode = opcode};
    memcpy(kept->payload, payload, length);
    *end = kept;
    end = &kept->next;
}

void delayed_echo_forget(const Session *session)
{
    for (Kept *kept = first; kept != NULL; kept = kept->next) {
        if (kept->session == session) {
            kept->session = NULL;
        }
    }
}

void delayed_echo_send(uint64_t now_ns)
{
    while (first != NULL && first->due_ns <= now_ns) {
        Kept *kept = first;
        first = kept->next;
        if (first == NULL) {
            end = &first;
        }
        if (kept->session != NULL) {
            session_send(kept->session, kept->opcode, kept->payload, kept->length);
        }
        free(kept);
    }
}

int64_t delayed_echo_wait_ns(uint64_t now_ns)
{
    if (first == NULL) {
        return -1;
    }
    return first->due_ns > now_ns ? (int64_t)(first->due_ns - now_ns) : 0;
}
