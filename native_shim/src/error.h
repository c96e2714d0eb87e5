/* Results and errors. A function that can fail returns 0 or more on success and one of these codes otherwise, and has
 * filled in the error it was handed. */
#ifndef TK_ERROR_H
#define TK_ERROR_H

enum tk_code {
    TK_OK = 0,
    TK_E_ADDRESS = -1,  /* no such device or space, or an address outside of it */
    TK_E_INPUT = -2,    /* no such port or field, or an index that was never bound */
    TK_E_SCREEN = -3,   /* no such screen, or a picture that does not fit */
    TK_E_STATE = -4,    /* a state could not be saved or loaded, or the machine has switched itself off */
    TK_E_PROTOCOL = -5, /* a message that docs/link.md does not allow */
    TK_E_VERSION = -6,  /* the parent speaks another version of the link */
    TK_E_CORE = -7,     /* the core cannot be used */
    TK_E_OPTION = -8,   /* no such core option, or not one of its values */
    TK_E_ROM = -9,      /* the game cannot be read, or the core refuses it */
    TK_E_FILE = -10,    /* a file of ours cannot be read or written */
    TK_E_MEMORY = -11,  /* out of memory */
};

/* How the program leaves. Once the link is up every error has been told over it as well. */
enum tk_exit {
    TK_EXIT_OK = 0,      /* asked to, or the parent is gone */
    TK_EXIT_USAGE = 2,   /* wrong arguments, or not started by a parent */
    TK_EXIT_LINK = 3,    /* the link cannot be used: other version, broken description, no memory */
    TK_EXIT_START = 4,   /* the core, the game or an option cannot be used */
    TK_EXIT_PROTOCOL = 5 /* a message that makes no sense: what follows it would not either */
};

struct tk_error {
    int code;
    char message[2048];
};

/* Fills in `error` and returns `code`. Messages that are too long are cut. */
int tk_error_set(struct tk_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The kind that the link knows a code by. */
const char *tk_error_name(int code);

#endif
