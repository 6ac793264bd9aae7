/* The locale of a process changes the decimal point of strtod and printf; JSON's is always a full stop. */
#define _GNU_SOURCE

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/json.h"

/* The powers of ten that a double holds exactly. */
static const double powers_of_ten[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};
static const int largest_exact_power = 22;

static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale_made;

static void make_c_locale(void) {
    c_locale_made = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale_made == (locale_t)0) {
        fputs("eio-lua: out of memory (the C locale)\n", stderr);
        abort();
    }
}

static locale_t c_locale(void) {
    pthread_once(&c_locale_once, make_c_locale);
    return c_locale_made;
}

/* Converts a number whose grammar is already checked. */
static double slow_real(const char *text, const char *number_end, const char *end) {
    /* strtod stops by itself at what follows the number, if anything does: the text has no terminator of its own. */
    if (number_end < end) return strtod_l(text, NULL, c_locale());
    char short_copy[64];
    size_t length = (size_t)(number_end - text);
    char *copy = length < sizeof short_copy ? short_copy : malloc(length + 1);
    if (copy == NULL) {
        fputs("eio-lua: out of memory (a number)\n", stderr);
        abort();
    }
    memcpy(copy, text, length);
    copy[length] = 0;
    double value = strtod_l(copy, NULL, c_locale());
    if (copy != short_copy) free(copy);
    return value;
}

static inline bool is_digit(const char *byte, const char *end) {
    return byte < end && (unsigned char)(*byte - '0') < 10;
}

const char *luahost_json_read_number(const char *text, const char *end, luahost_json_number *number) {
    const char *byte = text;
    bool negative = byte < end && *byte == '-';
    if (negative) byte += 1;
    if (!is_digit(byte, end)) return NULL;

    /* Nineteen digits always fit 64 bits. Leading zeros count as digits, which only sends a few more to strtod. */
    uint64_t mantissa = 0;
    const char *digits = byte;
    if (*byte == '0') {
        byte += 1;
        if (is_digit(byte, end)) return NULL;
    } else {
        for (; is_digit(byte, end); byte++) mantissa = mantissa * 10 + (uint64_t)(*byte - '0');
    }
    ptrdiff_t digit_count = byte - digits;

    if (byte == end || (*byte != '.' && *byte != 'e' && *byte != 'E')) {
        uint64_t limit = (uint64_t)LUA_MAXINTEGER + (negative ? 1 : 0);
        number->is_integer = digit_count <= 19 && mantissa <= limit;
        if (number->is_integer) {
            number->integer = (lua_Integer)(negative ? 0 - mantissa : mantissa);
        } else {
            number->real = slow_real(text, byte, end);
        }
        return byte;
    }

    long exponent = 0;
    if (*byte == '.') {
        const char *fraction = ++byte;
        for (; is_digit(byte, end); byte++) mantissa = mantissa * 10 + (uint64_t)(*byte - '0');
        if (byte == fraction) return NULL;
        exponent = -(byte - fraction);
        digit_count += byte - fraction;
    }
    if (byte < end && (*byte | 0x20) == 'e') {
        byte += 1;
        bool minus = byte < end && *byte == '-';
        if (byte < end && (*byte == '-' || *byte == '+')) byte += 1;
        if (!is_digit(byte, end)) return NULL;
        long written = 0;
        for (; is_digit(byte, end); byte++) {
            /* Beyond this it is strtod's affair anyway; the sum must not overflow. */
            if (written < 100000) written = written * 10 + (*byte - '0');
        }
        exponent += minus ? -written : written;
    }

    number->is_integer = false;
    /* Both operands are exact, so IEEE rounds once and the result is the correct one (Clinger's fast path). */
    if (digit_count <= 19 && mantissa < UINT64_C(1) << 53 && labs(exponent) <= largest_exact_power) {
        double value = (double)mantissa;
        value = exponent < 0 ? value / powers_of_ten[-exponent] : value * powers_of_ten[exponent];
        number->real = negative ? -value : value;
    } else {
        number->real = slow_real(text, byte, end);
    }
    return byte;
}

/* Writes the decimal digits of `value` so that they end at `end`; returns their start. */
static inline char *digits_before(char *end, uint64_t value) {
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
        "555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    while (value >= 100) {
        end -= 2;
        memcpy(end, pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, pairs + value * 2, 2);
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

void luahost_json_write_integer(luahost_buffer *out, lua_Integer value) {
    char digits[24];
    char *end = digits + sizeof digits;
    char *start = digits_before(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0) *--start = '-';
    luahost_buffer_append(out, start, (size_t)(end - start));
}

/* Writes `scaled` with `decimals` digits behind the point, at least one. */
static void write_decimal(luahost_buffer *out, bool negative, uint64_t scaled, int decimals) {
    char text[48];
    char *end = text + sizeof text;
    char *start = digits_before(end, scaled);
    while (end - start <= decimals) *--start = '0';
    ptrdiff_t whole = end - start - decimals;
    char *write = luahost_buffer_reserve(out, sizeof text);
    char *written = write;
    if (negative) *write++ = '-';
    memcpy(write, start, (size_t)whole);
    write += whole;
    *write++ = '.';
    if (decimals == 0) *write++ = '0';
    memcpy(write, start + whole, (size_t)decimals);
    write += decimals;
    out->length += (size_t)(write - written);
}

static void write_by_printf(luahost_buffer *out, lua_Number value, int digits) {
    char *text = luahost_buffer_reserve(out, 40);
    locale_t previous = uselocale(c_locale());
    int length = 0;
    for (; digits <= 17; digits++) {
        length = snprintf(text, 38, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    uselocale(previous);
    if (strpbrk(text, ".e") == NULL) {
        memcpy(text + length, ".0", 2);
        length += 2;
    }
    out->length += (size_t)length;
}

void luahost_json_write_real(luahost_buffer *out, lua_Number value) {
    const double unique = 4503599627370496.0;  // 2^52
    double magnitude = fabs(value);
    if (magnitude < unique && (magnitude >= 1e-5 || magnitude == 0)) {
        /* The first count of decimals that divides back to the same double is the shortest. Below 2^52 no other
         * number with as many decimals reads back as this double, so it is also the nearest. */
        for (int decimals = 0; decimals <= 20; decimals++) {
            double scaled = magnitude * powers_of_ten[decimals] + 0.5;
            if (scaled >= unique) break;
            uint64_t rounded = (uint64_t)scaled;
            if ((double)rounded / powers_of_ten[decimals] == magnitude) {
                write_decimal(out, signbit(value) != 0, rounded, decimals);
                return;
            }
        }
        /* Fifteen digits or fewer would have been found above. */
        write_by_printf(out, value, 16);
        return;
    }
    /* Subnormals have fewer digits than the rest. */
    write_by_printf(out, value, magnitude < DBL_MIN ? 1 : 15);
}
