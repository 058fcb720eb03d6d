/*
 * Stands between the program and the files of its embedded database (LD_PRELOAD).
 *
 * SHIM_RECORD=FILE  every write, truncation and sync of the database and its log is written to FILE
 *                   after it was done, in order, so that a test can make the disk of any moment.
 * SHIM_FULL=FILE    while FILE is there, the disk is full: a write that makes a file longer fails.
 * SHIM_BAD_SYNC=FILE  while FILE is there, the disk is bad: a sync fails and syncs nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static int record = -1;
static const char *full, *bad;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t begun = PTHREAD_ONCE_INIT;

static void begin(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    full = getenv("SHIM_FULL");
    bad = getenv("SHIM_BAD_SYNC");
    const char *to = getenv("SHIM_RECORD");
    if (to) record = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* 0 the database, 1 its log, -1 anything else. */
static int which(int fd) {
    char link[64], path[PATH_MAX];
    pthread_once(&begun, begin);
    if (record < 0 && !full && !bad) return -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return -1;
    path[n] = 0;
    const char *name = strrchr(path, '/');
    if (!name) return -1;
    if (!strcmp(name, "/shanzhi.db")) return 0;
    return strcmp(name, "/shanzhi.db-wal") ? -1 : 1;
}

static void note(uint8_t what, uint8_t file, uint64_t at, const void *bytes, uint32_t length) {
    struct { uint8_t what, file, zero[2]; uint32_t length; uint64_t at; } head = {what, file, {0, 0}, length, at};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)bytes, bytes ? length : 0}};
    if (record >= 0 && writev(record, parts, 2) < 0) abort();
}

static int no_room(int fd, off64_t end) {
    struct stat state;
    return full && !access(full, F_OK) && !fstat(fd, &state) && end > state.st_size;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    int file = which(fd);
    if (file < 0) return real_pwrite(fd, bytes, length, at);
    if (no_room(fd, at + (off64_t)length)) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&one);
    ssize_t done = real_pwrite(fd, bytes, length, at);
    if (done > 0) note('w', file, at, bytes, done);
    pthread_mutex_unlock(&one);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

ssize_t write(int fd, const void *bytes, size_t length) {
    int file = which(fd);
    if (file < 0) return real_write(fd, bytes, length);
    off64_t at = lseek64(fd, 0, SEEK_CUR);
    if (no_room(fd, at + (off64_t)length)) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&one);
    ssize_t done = real_write(fd, bytes, length);
    if (done > 0) note('w', file, at, bytes, done);
    pthread_mutex_unlock(&one);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    int file = which(fd);
    if (file < 0) return real_ftruncate(fd, length);
    pthread_mutex_lock(&one);
    int done = real_ftruncate(fd, length);
    if (!done) note('t', file, length, NULL, 0);
    pthread_mutex_unlock(&one);
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int synced(int fd, int (*sync)(int)) {
    int file = which(fd);
    if (file < 0) return sync(fd);
    pthread_mutex_lock(&one);
    int failed = bad && !access(bad, F_OK), done = failed ? -1 : sync(fd);
    if (!done) note('s', file, 0, NULL, 0);
    if (failed) note('f', file, 0, NULL, 0);
    pthread_mutex_unlock(&one);
    if (failed) errno = EIO;
    return done;
}

int fsync(int fd) { pthread_once(&begun, begin); return synced(fd, real_fsync); }

int fdatasync(int fd) { pthread_once(&begun, begin); return synced(fd, real_fdatasync); }
