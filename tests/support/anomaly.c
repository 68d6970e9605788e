/* Lets the n-th call of one kind fail, of those that concern files under one folder.
 *
 * Loaded before the C library, so that the calls of compiled libraries (HDF5, SQLite) are hit like
 * those of Python. The folder is named by ANOMALY_FOLDER; relative paths are taken for its own.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NONE, OPEN, WRITE, FSYNC, RENAME };

static enum kind armed;
static atomic_long left;
static atomic_char ours[1 << 16];

/* Let the n-th call from here on fail; 0 disarms. */
void anomaly_arm(int kind, long n) { armed = kind; left = n; }

/* Return how many calls were still to come; 0 or less if one has failed. */
long anomaly_left(void) { return left; }

static int is_ours(const char *path) {
    const char *folder = getenv("ANOMALY_FOLDER");
    return path && folder && (path[0] != '/' || !strncmp(path, folder, strlen(folder)));
}

static int is_open_of_ours(int file) { return file >= 0 && file < (int)sizeof ours && ours[file]; }

static int fails(enum kind kind) {
    if (armed != kind || atomic_fetch_sub(&left, 1) != 1) return 0;
    errno = kind == WRITE ? ENOSPC : EIO;
    return 1;
}

static int noted(int file, const char *path) {
    if (file >= 0 && file < (int)sizeof ours) ours[file] = is_ours(path);
    return file;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPENS(name)                                          \
    int name(const char *path, int flags, ...) {             \
        va_list rest;                                        \
        va_start(rest, flags);                               \
        int mode = va_arg(rest, int);                        \
        va_end(rest);                                        \
        if (is_ours(path) && fails(OPEN)) return -1;         \
        return noted(NEXT(name)(path, flags, mode), path);   \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                             \
    int name(int folder, const char *path, int flags, ...) {       \
        va_list rest;                                              \
        va_start(rest, flags);                                     \
        int mode = va_arg(rest, int);                              \
        va_end(rest);                                              \
        if (is_ours(path) && fails(OPEN)) return -1;               \
        return noted(NEXT(name)(folder, path, flags, mode), path); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

#define OPENS_STREAM(name)                                     \
    FILE *name(const char *path, const char *mode) {           \
        if (is_ours(path) && fails(OPEN)) return NULL;         \
        return NEXT(name)(path, mode);                         \
    }
OPENS_STREAM(fopen)
OPENS_STREAM(fopen64)

int close(int file) {
    if (file >= 0 && file < (int)sizeof ours) ours[file] = 0;
    return NEXT(close)(file);
}

ssize_t write(int file, const void *data, size_t n) {
    if (is_open_of_ours(file) && fails(WRITE)) return -1;
    return NEXT(write)(file, data, n);
}

ssize_t pwrite(int file, const void *data, size_t n, off_t at) {
    if (is_open_of_ours(file) && fails(WRITE)) return -1;
    return NEXT(pwrite)(file, data, n, at);
}

ssize_t pwrite64(int file, const void *data, size_t n, off64_t at) {
    if (is_open_of_ours(file) && fails(WRITE)) return -1;
    return NEXT(pwrite64)(file, data, n, at);
}

ssize_t writev(int file, const struct iovec *parts, int n) {
    if (is_open_of_ours(file) && fails(WRITE)) return -1;
    return NEXT(writev)(file, parts, n);
}

int fsync(int file) {
    if (is_open_of_ours(file) && fails(FSYNC)) return -1;
    return NEXT(fsync)(file);
}

int fdatasync(int file) {
    if (is_open_of_ours(file) && fails(FSYNC)) return -1;
    return NEXT(fdatasync)(file);
}

int rename(const char *from, const char *to) {
    if (is_ours(to) && fails(RENAME)) return -1;
    return NEXT(rename)(from, to);
}

int renameat(int folder, const char *from, int other, const char *to) {
    if (is_ours(to) && fails(RENAME)) return -1;
    return NEXT(renameat)(folder, from, other, to);
}
