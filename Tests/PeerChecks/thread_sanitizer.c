// Tells ThreadSanitizer what Swift's Mutex and libdispatch's concurrentPerform order, which it cannot see:
// their libraries are not instrumented. Loaded before them by thread_sanitizer.py.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static void acquire(void *address) {
  if (__tsan_acquire) __tsan_acquire(address);
}

static void release(void *address) {
  if (__tsan_release) __tsan_release(address);
}

// Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(); the fast ways are inlined, and seen.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
typedef __attribute__((swiftcall)) void (*lock_function)(uint32_t, __attribute__((swift_context)) void *);
typedef __attribute__((swiftcall)) void (*unlock_function)(__attribute__((swift_context)) void *);

__attribute__((swiftcall)) void lock_slow(uint32_t id, __attribute__((swift_context)) void *self) __asm__(LOCK);
__attribute__((swiftcall)) void lock_slow(uint32_t id, __attribute__((swift_context)) void *self) {
  ((lock_function)dlsym(RTLD_NEXT, LOCK))(id, self);
  acquire(self);
}

__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *self) __asm__(UNLOCK);
__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *self) {
  release(self);
  ((unlock_function)dlsym(RTLD_NEXT, UNLOCK))(self);
}

typedef void (^work)(size_t);

void dispatch_apply(size_t count, void *queue, work body) {
  void (*apply)(size_t, void *, work) = (void (*)(size_t, void *, work))dlsym(RTLD_NEXT, "dispatch_apply");
  char begin = 0, end = 0;
  void *before = &begin, *after = &end;
  release(before);
  apply(count, queue, ^(size_t index) {
    acquire(before);
    body(index);
    release(after);
  });
  acquire(after);
}
