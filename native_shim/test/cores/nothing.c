/* A shared library that is no core. */
int nothing(void);

int nothing(void) {
    return 0;
}
