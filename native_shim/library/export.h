/* A shared library for the parent: makes frames of the whole pictures that a child has published, and reads their replies.
 * The functions are declared a second time in toolkit/link; who changes one gives it a new name, so that no older library
 * is taken for this one. */
#ifndef TOOLKIT_EXPORT_H
#define TOOLKIT_EXPORT_H

#define EXPORT __attribute__((visibility("default")))

#endif
