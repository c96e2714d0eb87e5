#include "json.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_VALUES = 256, MAX_DEPTH = 64 };

struct tk_json_block {
    struct tk_json_block *next;
    size_t used;
    struct tk_json values[BLOCK_VALUES];
};

struct parser {
    struct tk_json_document *document;
    char *at, *end;
    int code;
    const char *problem;
};

static struct tk_json *fail(struct parser *parser, const char *problem) {
    if (parser->problem == NULL) {
        parser->code = TK_E_PROTOCOL;
        parser->problem = problem;
    }
    return NULL;
}

static struct tk_json *make(struct parser *parser, enum tk_json_kind kind) {
    struct tk_json_block *block = parser->document->blocks;
    if (block == NULL || block->used == BLOCK_VALUES) {
        block = malloc(sizeof *block);
        if (block == NULL) {
            fail(parser, "no memory for it");
            parser->code = TK_E_MEMORY;
            return NULL;
        }
        block->next = parser->document->blocks;
        block->used = 0;
        parser->document->blocks = block;
    }
    struct tk_json *value = &block->values[block->used++];
    *value = (struct tk_json){.kind = kind};
    return value;
}

static void skip_space(struct parser *parser) {
    while (parser->at < parser->end &&
           (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\n' || *parser->at == '\r')) {
        parser->at++;
    }
}

static bool take(struct parser *parser, char letter) {
    skip_space(parser);
    if (parser->at < parser->end && *parser->at == letter) {
        parser->at++;
        return true;
    }
    return false;
}

static int hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Four hexadecimal digits, or -1. */
static long take_unit(struct parser *parser) {
    if (parser->end - parser->at < 4) {
        return -1;
    }
    long unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*parser->at++);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_utf8(char *out, unsigned long code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* One escape, after its backslash, to `out`; what it takes is never shorter than what it makes. */
static char *take_escape(struct parser *parser, char *out) {
    if (parser->at == parser->end) {
        return NULL;
    }
    char letter = *parser->at++;
    const char *found = letter == 0 ? NULL : strchr("\"\\/bfnrt", letter);
    if (found != NULL) {
        *out = "\"\\/\b\f\n\r\t"[found - "\"\\/bfnrt"];
        return out + 1;
    }
    long unit = letter == 'u' ? take_unit(parser) : -1;
    if (unit < 0) {
        return NULL;
    }
    unsigned long code = (unsigned long)unit;
    if (code >= 0xd800 && code < 0xdc00) {
        if (parser->end - parser->at < 6 || parser->at[0] != '\\' || parser->at[1] != 'u') {
            return NULL;
        }
        parser->at += 2;
        long low = take_unit(parser);
        if (low < 0xdc00 || low >= 0xe000) {
            return NULL;
        }
        code = 0x10000 + ((code - 0xd800) << 10) + ((unsigned long)low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
        return NULL;
    }
    return put_utf8(out, code);
}

/* A string, after its quote, decoded where it lies. */
static bool take_string(struct parser *parser, const char **text, size_t *size) {
    char *start = parser->at, *out = start;
    while (parser->at < parser->end) {
        unsigned char letter = (unsigned char)*parser->at;
        if (letter == '"') {
            parser->at++;
            *out = 0; /* At the quote, or before it. */
            *text = start;
            *size = (size_t)(out - start);
            return true;
        }
        if (letter < 0x20) {
            break;
        }
        parser->at++;
        if (letter == '\\') {
            out = take_escape(parser, out);
            if (out == NULL) {
                break;
            }
        } else {
            *out++ = (char)letter;
        }
    }
    fail(parser, "a text in it is malformed");
    return false;
}

static size_t take_digits(struct parser *parser) {
    char *start = parser->at;
    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9') {
        parser->at++;
    }
    return (size_t)(parser->at - start);
}

static struct tk_json *take_number(struct parser *parser) {
    struct tk_json *value = make(parser, TK_JSON_NUMBER);
    if (value == NULL) {
        return NULL;
    }
    bool negative = *parser->at == '-';
    parser->at += negative;
    char *digits = parser->at;
    size_t count = take_digits(parser);
    if (count == 0 || (count > 1 && *digits == '0')) {
        return fail(parser, "a number in it is malformed");
    }
    value->whole = true;
    uint64_t number = 0, limit = (uint64_t)INT64_MAX + negative;
    for (size_t i = 0; i < count && value->whole; i++) {
        unsigned digit = (unsigned)(digits[i] - '0');
        value->whole = number <= (limit - digit) / 10;
        number = number * 10 + digit;
    }
    if (value->whole) {
        value->integer = negative ? (int64_t)(0 - number) : (int64_t)number;
    }
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        value->whole = false;
        if (take_digits(parser) == 0) {
            return fail(parser, "a number in it is malformed");
        }
    }
    if (parser->at < parser->end && (*parser->at | 0x20) == 'e') {
        parser->at++;
        value->whole = false;
        if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-')) {
            parser->at++;
        }
        if (take_digits(parser) == 0) {
            return fail(parser, "a number in it is malformed");
        }
    }
    return value;
}

static struct tk_json *take_value(struct parser *parser, int depth);

static struct tk_json *take_items(struct parser *parser, enum tk_json_kind kind, char close, int depth) {
    struct tk_json *value = make(parser, kind);
    if (value == NULL) {
        return NULL;
    }
    if (depth == MAX_DEPTH) {
        return fail(parser, "it is nested too deeply");
    }
    struct tk_json **last = &value->first;
    if (take(parser, close)) {
        return value;
    }
    do {
        const char *key = NULL;
        size_t key_size = 0;
        if (kind == TK_JSON_OBJECT) {
            if (!take(parser, '"')) {
                return fail(parser, "a member of an object has no name");
            }
            if (!take_string(parser, &key, &key_size)) {
                return NULL;
            }
            if (!take(parser, ':')) {
                return fail(parser, "a member of an object has no value");
            }
        }
        struct tk_json *item = take_value(parser, depth + 1);
        if (item == NULL) {
            return NULL;
        }
        item->key = key;
        item->key_size = key_size;
        *last = item;
        last = &item->next;
        value->size++;
    } while (take(parser, ','));
    return take(parser, close) ? value : fail(parser, "a list or an object has no end");
}

static struct tk_json *take_word(struct parser *parser, const char *word, enum tk_json_kind kind) {
    size_t size = strlen(word);
    if ((size_t)(parser->end - parser->at) < size || memcmp(parser->at, word, size) != 0) {
        return fail(parser, "there is a word that it does not have");
    }
    parser->at += size;
    return make(parser, kind);
}

static struct tk_json *take_value(struct parser *parser, int depth) {
    skip_space(parser);
    if (parser->at == parser->end) {
        return fail(parser, "it ends too early");
    }
    switch (*parser->at) {
    case '{':
        parser->at++;
        return take_items(parser, TK_JSON_OBJECT, '}', depth);
    case '[':
        parser->at++;
        return take_items(parser, TK_JSON_LIST, ']', depth);
    case '"': {
        parser->at++;
        struct tk_json *value = make(parser, TK_JSON_STRING);
        return value != NULL && take_string(parser, &value->text, &value->size) ? value : NULL;
    }
    case 't':
        return take_word(parser, "true", TK_JSON_TRUE);
    case 'f':
        return take_word(parser, "false", TK_JSON_FALSE);
    case 'n':
        return take_word(parser, "null", TK_JSON_NULL);
    default:
        return take_number(parser);
    }
}

int tk_json_parse(struct tk_json_document *document, char *text, size_t size, struct tk_error *error) {
    *document = (struct tk_json_document){0};
    struct parser parser = {.document = document, .at = text, .end = text + size};
    struct tk_json *root = take_value(&parser, 0);
    skip_space(&parser);
    if (root != NULL && parser.at != parser.end) {
        root = fail(&parser, "something follows it");
    }
    if (root == NULL) {
        tk_json_free(document);
        return tk_error_set(error, parser.code, "expected JSON, but %s", parser.problem);
    }
    document->root = root;
    return TK_OK;
}

void tk_json_free(struct tk_json_document *document) {
    while (document->blocks != NULL) {
        struct tk_json_block *block = document->blocks;
        document->blocks = block->next;
        free(block);
    }
    document->root = NULL;
}

const struct tk_json *tk_json_member(const struct tk_json *object, const char *key) {
    if (object->kind != TK_JSON_OBJECT) {
        return NULL;
    }
    size_t size = strlen(key);
    const struct tk_json *found = NULL;
    for (const struct tk_json *item = object->first; item != NULL; item = item->next) {
        if (item->key_size == size && memcmp(item->key, key, size) == 0) {
            found = item; /* Of several the last, as in Python. */
        }
    }
    return found == NULL || found->kind == TK_JSON_NULL ? NULL : found;
}

int tk_json_text(const struct tk_json *object, const char *key, const char **text, struct tk_error *error) {
    const struct tk_json *value = tk_json_member(object, key);
    if (value == NULL || value->kind != TK_JSON_STRING || strlen(value->text) != value->size) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a text as %s", key);
    }
    *text = value->text;
    return TK_OK;
}

int tk_json_integer(const struct tk_json *object, const char *key, int64_t minimum, int64_t maximum, int64_t *number,
                    struct tk_error *error) {
    const struct tk_json *value = tk_json_member(object, key);
    if (value == NULL || value->kind != TK_JSON_NUMBER || !value->whole || value->integer < minimum ||
        value->integer > maximum) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected an integer from %lld to %lld as %s", (long long)minimum,
                            (long long)maximum, key);
    }
    *number = value->integer;
    return TK_OK;
}

int tk_json_list(const struct tk_json *object, const char *key, const struct tk_json **list, struct tk_error *error) {
    const struct tk_json *value = tk_json_member(object, key);
    if (value == NULL || value->kind != TK_JSON_LIST) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a list as %s", key);
    }
    *list = value;
    return TK_OK;
}

bool tk_json_true(const struct tk_json *object, const char *key) {
    const struct tk_json *value = tk_json_member(object, key);
    return value != NULL && value->kind == TK_JSON_TRUE;
}
