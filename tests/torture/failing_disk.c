/* Stands between a program and the disk: calls on files whose path holds a word fail at random.
 *
 * FAILING_WORD   part of the path of the files that are struck
 * FAILING_CALLS  which calls: letters of "rwso" (read, write, sync, open)
 * FAILING_ERROR  the number of the error
 * FAILING_ONE_IN how many calls, on average, until one fails
 * FAILING_AFTER  calls that are let through first
 * FAILING_SEED   from which chance is drawn, together with the number of the process
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static const char *word, *calls;
static int error_number, one_in, after;
static unsigned long long chance;
static int seen;

__attribute__((constructor)) static void begin(void) {
    word = getenv("FAILING_WORD");
    calls = getenv("FAILING_CALLS");
    const char *text = getenv("FAILING_ERROR");
    error_number = text ? atoi(text) : EIO;
    text = getenv("FAILING_ONE_IN");
    one_in = text ? atoi(text) : 100;
    text = getenv("FAILING_AFTER");
    after = text ? atoi(text) : 0;
    text = getenv("FAILING_SEED");
    chance = (text ? strtoull(text, NULL, 10) : 1) * 2654435761u + (unsigned)getpid();
}

static int unlucky(char call) {
    if (!word || !calls || !strchr(calls, call)) return 0;
    if (__sync_add_and_fetch(&seen, 1) <= after) return 0;
    chance = chance * 6364136223846793005ull + 1442695040888963407ull;
    return (int)((chance >> 33) % (unsigned)one_in) == 0;
}

static int is_struck(int file) {
    char link[64], path[PATH_MAX];
    if (!word) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, word) != NULL;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define STRIKE(call, file)                        \
    if (is_struck(file) && unlucky(call)) {       \
        errno = error_number;                     \
        return -1;                                \
    }

ssize_t read(int file, void *to, size_t count) { STRIKE('r', file) return REAL(read)(file, to, count); }
ssize_t pread(int file, void *to, size_t count, off_t at) { STRIKE('r', file) return REAL(pread)(file, to, count, at); }
ssize_t pread64(int file, void *to, size_t count, off64_t at) { STRIKE('r', file) return REAL(pread64)(file, to, count, at); }
ssize_t write(int file, const void *from, size_t count) { STRIKE('w', file) return REAL(write)(file, from, count); }
ssize_t pwrite(int file, const void *from, size_t count, off_t at) { STRIKE('w', file) return REAL(pwrite)(file, from, count, at); }
ssize_t pwrite64(int file, const void *from, size_t count, off64_t at) { STRIKE('w', file) return REAL(pwrite64)(file, from, count, at); }
int ftruncate(int file, off_t length) { STRIKE('w', file) return REAL(ftruncate)(file, length); }
int ftruncate64(int file, off64_t length) { STRIKE('w', file) return REAL(ftruncate64)(file, length); }
int fsync(int file) { STRIKE('s', file) return REAL(fsync)(file); }
int fdatasync(int file) { STRIKE('s', file) return REAL(fdatasync)(file); }

static int struck_by_name(const char *path) {
    if (word && strstr(path, word) && unlucky('o')) {
        errno = error_number;
        return 1;
    }
    return 0;
}

#define OPENED(name)                                        \
    int name(const char *path, int flags, ...) {            \
        va_list rest;                                       \
        va_start(rest, flags);                              \
        mode_t mode = va_arg(rest, mode_t);                 \
        va_end(rest);                                       \
        if (struck_by_name(path)) return -1;                \
        return REAL(name)(path, flags, mode);               \
    }
OPENED(open)
OPENED(open64)
