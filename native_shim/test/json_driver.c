/* Reads texts, each after its size (u32), and writes for each a line: "no", or "yes" and the value as it was understood,
 * where a text is shown by its size and the sum of its bytes. For tests of the JSON that the link carries. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"

static void show(const struct tk_json *value) {
    unsigned sum = 0;
    switch (value->kind) {
    case TK_JSON_NULL:
        printf("null");
        break;
    case TK_JSON_FALSE:
        printf("false");
        break;
    case TK_JSON_TRUE:
        printf("true");
        break;
    case TK_JSON_NUMBER:
        if (value->whole) {
            printf("%" PRId64, value->integer);
        } else {
            printf("number");
        }
        break;
    case TK_JSON_STRING:
        for (size_t i = 0; i < value->size; i++) {
            sum += (unsigned char)value->text[i];
        }
        printf("'%zu %u'", value->size, sum);
        break;
    default:
        printf(value->kind == TK_JSON_LIST ? "[" : "{");
        for (const struct tk_json *item = value->first; item != NULL; item = item->next) {
            show(item);
            printf(",");
        }
        printf(value->kind == TK_JSON_LIST ? "]" : "}");
    }
}

int main(void) {
    uint32_t size;
    while (fread(&size, sizeof size, 1, stdin) == 1) {
        /* Exactly as large as it must be, so that the sanitizer sees a byte too many. */
        char *text = malloc((size_t)size + 1);
        if (text == NULL || fread(text, 1, size, stdin) != size) {
            return 1;
        }
        text[size] = 'x';
        struct tk_json_document document;
        struct tk_error error;
        if (tk_json_parse(&document, text, size, &error) == TK_OK) {
            printf("yes ");
            show(document.root);
            printf("\n");
            tk_json_free(&document);
        } else {
            printf("no\n");
        }
        free(text);
    }
    return 0;
}
