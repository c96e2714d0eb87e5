/* A libFuzzer target: whatever comes through the command pipe. Each input is all that a parent sends, from the first
 * message after the hello to the end of the pipe; the frontend and the core in $TOOLKIT_FUZZ_CORE are real.
 *
 * It is compiled with -D_exit=fuzz_exit -Dexecv=fuzz_execv, because the frontend leaves when its parent does, and runs
 * itself anew for a reset. Files are made up here (file.c is left out), so that a path can be anything. */
#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../src/file.h"
#include "../src/frontend.h"

enum { REGION = 4096 + 2 * 65536, PIPE_ROOM = 60000 };

static jmp_buf the_end;

_Noreturn void fuzz_exit(int status);
int fuzz_execv(const char *path, char *const arguments[]);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

_Noreturn void fuzz_exit(int status) {
    longjmp(the_end, status + 1);
}

int fuzz_execv(const char *path, char *const arguments[]) {
    (void)path, (void)arguments;
    return -1;
}

int tk_file_read(const char *path, uint8_t **data, size_t *size, struct tk_error *error) {
    (void)error;
    *size = strlen(path) % 600;
    *data = calloc(1, *size + 1);
    return *data == NULL ? TK_E_MEMORY : TK_OK;
}

int tk_file_write(const char *path, const void *data, size_t size, struct tk_error *error) {
    (void)path, (void)error;
    volatile uint8_t sum = 0; /* All of it has to be readable. */
    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + ((const uint8_t *)data)[i]);
    }
    return TK_OK;
}

/* A region as a parent makes it. */
static int make_memory(void) {
    int memory = memfd_create("fuzz", 0);
    struct tk_header header = {.magic = TK_MAGIC, .version = TK_LINK_VERSION, .header_size = 4096, .slot_count = 2,
                               .slot_size = 65536, .value_capacity = 64, .pixel_offset = 576,
                               .pixel_capacity = 32768, .memory_offset = 36864};
    if (memory < 0 || ftruncate(memory, REGION) != 0 || write(memory, &header, sizeof header) != (ssize_t)sizeof header) {
        abort();
    }
    return memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int command[2], memory = make_memory(), reply = open("/dev/null", O_WRONLY);
    if (size > PIPE_ROOM || pipe(command) != 0 || reply < 0 || write(command[1], data, size) != (ssize_t)size) {
        abort();
    }
    close(command[1]);
    char description[200];
    snprintf(description, sizeof description, "version=%u,command=%d,reply=%d,memory=%d,offset=0,size=%d", TK_LINK_VERSION,
             command[0], reply, memory, REGION);
    struct tk_frontend *frontend = calloc(1, sizeof *frontend);
    struct tk_error error;
    if (frontend == NULL) {
        abort();
    }
    frontend->log.level = LR_LOG_ERROR;
    frontend->rom = "game";
    if (setjmp(the_end) == 0) {
        if (tk_link_open(&frontend->link, description, &error) < 0 ||
            tk_frontend_start(frontend, getenv("TOOLKIT_FUZZ_CORE"), &error) < 0) {
            fprintf(stderr, "%s\n", error.message);
            abort();
        }
        tk_frontend_serve(frontend);
    }
    munmap(frontend->link.region, REGION);
    void *library = frontend->core.library;
    tk_frontend_stop(frontend);
    dlclose(library); /* So that the core begins anew, too. */
    free(frontend);
    close(command[0]);
    close(reply);
    close(memory);
    return 0;
}
