/* Whole files. */
#ifndef TK_FILE_H
#define TK_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Reads a file into memory of its own, which the caller frees; there is always a byte more than `size`, which is 0.
 * TK_E_FILE, TK_E_MEMORY. */
int tk_file_read(const char *path, uint8_t **data, size_t *size, struct tk_error *error);

/* Makes the file anew. TK_E_FILE; then no file is left. */
int tk_file_write(const char *path, const void *data, size_t size, struct tk_error *error);

#endif
