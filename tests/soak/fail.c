/* Lets the n-th write or sync of a file under a folder fail: LD_PRELOAD with FAIL_UNDER, FAIL_AT (counted from 1),
   FAIL_ERRNO and FAIL_ON (w: writes, s: syncs). FAIL_STAYS=1: all later ones fail too, as on a full disk. The count is
   left in the file FAIL_COUNT where no call is to fail (FAIL_AT=0). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long seen;

static int ours(int fd) {
  char link[64], path[4096];
  const char *under = getenv("FAIL_UNDER");
  if (!under) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return strncmp(path, under, strlen(under)) == 0;
}

static int fails(int fd, char kind) {
  const char *on = getenv("FAIL_ON"), *at = getenv("FAIL_AT"), *stays = getenv("FAIL_STAYS");
  if (!on || !at || !strchr(on, kind) || !ours(fd)) return 0;
  seen++;
  long wanted = atol(at);
  if (wanted == 0 || seen < wanted || (seen > wanted && !(stays && *stays == '1'))) return 0;
  errno = atoi(getenv("FAIL_ERRNO"));
  return 1;
}

__attribute__((destructor)) static void told(void) {
  const char *file = getenv("FAIL_COUNT");
  FILE *out = file ? fopen(file, "w") : NULL;
  if (out) { fprintf(out, "%ld", seen); fclose(out); }
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *b, size_t n) { REAL(write); return fails(fd, 'w') ? -1 : real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(pwrite); return fails(fd, 'w') ? -1 : real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(pwrite64); return fails(fd, 'w') ? -1 : real(fd, b, n, o); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); return fails(fd, 'w') ? -1 : real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); return fails(fd, 'w') ? -1 : real(fd, n); }
int fsync(int fd) { REAL(fsync); return fails(fd, 's') ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails(fd, 's') ? -1 : real(fd); }
