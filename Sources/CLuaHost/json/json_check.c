/* Whether a text can be read, without making values of it: a part of what the decoder does, at a fraction of its cost.
 * A text that it does not understand is the decoder's to judge. */
#include <string.h>

#include "json/decoder.h"

typedef struct checker {
    const char *end;
    int depth;
} checker;

/* Each takes the place where its part begins and returns the place after it, or NULL. */
static const char *check_value(checker *c, const char *at);

/* An escape is left to the decoder. */
static const char *check_string(const checker *c, const char *at) {
    at = luahost_json_skip_plain(at + 1, c->end);
    return at < c->end && *at == '"' ? at + 1 : NULL;
}

static const char *check_key(const checker *c, const char *at) {
    if (at == c->end || *at != '"' || (at = check_string(c, at)) == NULL) return NULL;
    at = luahost_json_skip_space(at, c->end);
    return at < c->end && *at == ':' ? luahost_json_skip_space(at + 1, c->end) : NULL;
}

static const char *check_entries(checker *c, const char *at, bool has_keys) {
    char closing = has_keys ? '}' : ']';
    at = luahost_json_skip_space(at + 1, c->end);
    if (at < c->end && *at == closing) return at + 1;
    for (;;) {
        if (has_keys && (at = check_key(c, at)) == NULL) return NULL;
        if ((at = check_value(c, at)) == NULL) return NULL;
        at = luahost_json_skip_space(at, c->end);
        if (at == c->end || (*at != ',' && *at != closing)) return NULL;
        if (*at == closing) return at + 1;
        at = luahost_json_skip_space(at + 1, c->end);
    }
}

static const char *check_word(const checker *c, const char *at, const char *word) {
    size_t length = strlen(word);
    return (size_t)(c->end - at) >= length && memcmp(at, word, length) == 0 ? at + length : NULL;
}

static const char *check_value(checker *c, const char *at) {
    if (at == c->end) return NULL;
    switch (*at) {
    case '"': return check_string(c, at);
    case '{':
    case '[':
        if (c->depth == LUAHOST_JSON_MAX_DEPTH) return NULL;
        c->depth += 1;
        at = check_entries(c, at, *at == '{');
        c->depth -= 1;
        return at;
    case 't': return check_word(c, at, "true");
    case 'f': return check_word(c, at, "false");
    case 'n': return check_word(c, at, "null");
    default: {
        luahost_json_number number;
        return luahost_json_read_number(at, c->end, &number);
    }
    }
}

bool luahost_json_is_readable_rest(const char *text, size_t length, size_t rest) {
    checker c = {.end = text + length};
    const char *at = luahost_json_skip_space(text + rest, c.end);
    for (int count = 0; at < c.end && *at == ','; count++) {
        if (count == LUAHOST_MAX_ARGUMENTS) return false;
        if ((at = check_value(&c, luahost_json_skip_space(at + 1, c.end))) == NULL) return false;
        at = luahost_json_skip_space(at, c.end);
    }
    return at < c.end && *at == ']' && luahost_json_skip_space(at + 1, c.end) == c.end;
}
