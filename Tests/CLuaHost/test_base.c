/* The small parts that all others rest on. */
#include <string.h>

#include "base/format.h"
#include "base/name.h"
#include "host.h"
#include "tests.h"

__attribute__((format(printf, 2, 3))) static luahost_slice format(char text[8], const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    luahost_slice line = luahost_format(text, 8, format, arguments);
    va_end(arguments);
    return line;
}

static void a_text_ends_where_its_room_does(void) {
    char text[8];
    EXPECT(format(text, "%s", "").length == 0 && text[0] == '\0');
    EXPECT(format(text, "%d", 1234567).length == 7 && strcmp(text, "1234567") == 0);
    luahost_slice line = format(text, "%d", 12345678);
    EXPECT(line.data == text && line.length == 7 && strcmp(text, "1234567") == 0);
    EXPECT(format(text, "%s", "a text that is much too long").length == 7);
}

static void names_are_lua_names(void) {
    static const char *const names[] = {"a", "_", "Z9", "a_b1", "zz"};
    static const char *const others[] = {"", "1", "9a", "a b", "a.b", "a-", "\xC3\xA9", "a[", "@", "`", "{"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        EXPECT(luahost_is_name(names[index], strlen(names[index])));
    }
    for (size_t index = 0; index < sizeof others / sizeof *others; index++) {
        EXPECT(!luahost_is_name(others[index], strlen(others[index])));
    }
    EXPECT(!luahost_is_name("a\0", 2) && luahost_is_name("a.", 1));
}

void test_base(void) {
    a_text_ends_where_its_room_does();
    names_are_lua_names();
}
