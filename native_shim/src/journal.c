#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"

static void drop(struct tk_journal *journal, size_t number) {
    free(journal->entries[number].text);
    journal->count--;
    memmove(&journal->entries[number], &journal->entries[number + 1],
            (journal->count - number) * sizeof *journal->entries);
}

static int append(struct tk_journal *journal, const char *call, const char *text, size_t size, struct tk_error *error) {
    struct tk_journal_entry *entries = realloc(journal->entries, (journal->count + 1) * sizeof *entries);
    char *copy = malloc(size + 1);
    if (entries != NULL) {
        journal->entries = entries;
    }
    if (entries == NULL || copy == NULL) {
        free(copy);
        return tk_error_set(error, TK_E_MEMORY, "no memory for the journal");
    }
    memcpy(copy, text, size);
    copy[size] = 0;
    entries[journal->count++] = (struct tk_journal_entry){copy, size, call};
    return TK_OK;
}

int tk_journal_add(struct tk_journal *journal, const char *call, const char *text, size_t size, int once,
                   struct tk_error *error) {
    for (size_t i = 0; i < journal->count; i++) {
        const struct tk_journal_entry *entry = &journal->entries[i];
        if ((once && strcmp(entry->call, call) == 0) ||
            (entry->size == size && memcmp(entry->text, text, size) == 0)) {
            drop(journal, i);
            break;
        }
    }
    return append(journal, call, text, size, error);
}

int tk_journal_hand_over(const struct tk_journal *journal, struct tk_error *error) {
    int descriptor = memfd_create("toolkit-journal", 0);
    FILE *file = descriptor < 0 ? NULL : fdopen(dup(descriptor), "wb");
    char number[16];
    snprintf(number, sizeof number, "%d", descriptor);
    int good = file != NULL && setenv(TK_JOURNAL_VARIABLE, number, 1) == 0;
    for (size_t i = 0; good && i < journal->count; i++) {
        uint64_t size = journal->entries[i].size;
        good = fwrite(&size, sizeof size, 1, file) == 1 && fwrite(journal->entries[i].text, size + 1, 1, file) == 1;
    }
    good = file != NULL && fclose(file) == 0 && good;
    return good ? descriptor : tk_error_set(error, TK_E_FILE, "cannot keep the journal: %s", strerror(errno));
}

void tk_journal_keep_open(int descriptor) {
    fcntl(descriptor, F_SETFD, 0);
}

int tk_journal_take_over(struct tk_journal *journal, struct tk_error *error) {
    const char *number = getenv(TK_JOURNAL_VARIABLE);
    if (number == NULL) {
        return 0;
    }
    int descriptor = atoi(number);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    unsetenv(TK_JOURNAL_VARIABLE);
    uint8_t *data;
    size_t size;
    int result = tk_file_read(path, &data, &size, error);
    close(descriptor);
    if (result < 0) {
        return result;
    }
    for (size_t at = 0; at < size;) {
        uint64_t length = 0;
        if (size - at >= sizeof length) {
            memcpy(&length, data + at, sizeof length);
            at += sizeof length;
        }
        if (length == 0 || length >= size - at) {
            result = tk_error_set(error, TK_E_FILE, "the journal is damaged");
            break;
        }
        result = append(journal, "", (const char *)data + at, length, error);
        if (result < 0) {
            break;
        }
        at += length + 1;
    }
    free(data);
    return result < 0 ? result : 1;
}

void tk_journal_free(struct tk_journal *journal) {
    for (size_t i = 0; i < journal->count; i++) {
        free(journal->entries[i].text);
    }
    free(journal->entries);
    *journal = (struct tk_journal){0};
}
