#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int descriptor, uint8_t *data, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(descriptor, data + done, size - done);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            if (count == 0) {
                errno = EIO; /* It has become shorter meanwhile. */
            }
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

int tk_file_read(const char *path, uint8_t **data, size_t *size, struct tk_error *error) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return tk_error_set(error, TK_E_FILE, "cannot read %s: %s", path, strerror(errno));
    }
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return tk_error_set(error, TK_E_FILE, "cannot read %s: it is no file", path);
    }
    size_t length = (size_t)status.st_size;
    uint8_t *content = malloc(length + 1);
    if (content == NULL) {
        close(descriptor);
        return tk_error_set(error, TK_E_MEMORY, "no memory for the %zu bytes of %s", length, path);
    }
    bool good = read_all(descriptor, content, length);
    int problem = errno;
    close(descriptor);
    if (!good) {
        free(content);
        return tk_error_set(error, TK_E_FILE, "cannot read %s: %s", path, strerror(problem));
    }
    content[length] = 0;
    *data = content;
    *size = length;
    return TK_OK;
}

int tk_file_write(const char *path, const void *data, size_t size, struct tk_error *error) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return tk_error_set(error, TK_E_FILE, "cannot write %s: %s", path, strerror(errno));
    }
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t count = write(descriptor, at, size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            int problem = errno;
            close(descriptor);
            unlink(path);
            return tk_error_set(error, TK_E_FILE, "cannot write %s: %s", path, strerror(problem));
        }
        at += count;
        size -= (size_t)count;
    }
    if (close(descriptor) != 0) {
        unlink(path);
        return tk_error_set(error, TK_E_FILE, "cannot write %s: %s", path, strerror(errno));
    }
    return TK_OK;
}
