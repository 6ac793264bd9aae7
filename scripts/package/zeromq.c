// Symbols that Debian's archive of ZeroMQ needs from libraries for PGM, NORM and Kerberos, and from libbsd. A program
// over TCP calls few of them; for each of the others link.sh adds a line ABSENT(name).
#include <stdlib.h>
#include <string.h>

// ZeroMQ calls these two in every program.
int pgm_init(void) { return 1; }
int pgm_shutdown(void) { return 1; }

// As in libbsd; glibc has it since version 2.38. Weak, because the line editor brings one, too.
__attribute__((weak)) size_t strlcpy(char *to, const char *from, size_t size) {
    size_t length = strlen(from);
    if (size > 0) {
        size_t copied = length < size ? length : size - 1;
        memcpy(to, from, copied);
        to[copied] = 0;
    }
    return length;
}

#define ABSENT(name) \
    void name(void) { abort(); }
