/* The functions of libbsd that libedit's archive calls. The archive of libbsd is not linked, because its getentropy and
 * arc4random would replace those of the system in the whole program. */
#include <stddef.h>
#include <string.h>

#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN size_t strlcpy(char *to, const char *from, size_t size);
HIDDEN int strvis(char *to, const char *from, int flags);
HIDDEN int strunvis(char *to, const char *from);

size_t strlcpy(char *to, const char *from, size_t size) {
    size_t length = strlen(from), copied = length < size ? length : size - 1;
    if (size == 0) return length;
    memcpy(to, from, copied);
    to[copied] = '\0';
    return length;
}

/* Files of libedit's own history, which a person's ~/.editrc may ask for, have plain lines here. */
int strvis(char *to, const char *from, int flags) {
    (void)flags;
    strcpy(to, from);
    return (int)strlen(to);
}

int strunvis(char *to, const char *from) {
    strcpy(to, from);
    return (int)strlen(to);
}
