#ifndef MRI_ILO_SPIN_PAUSE_H
#define MRI_ILO_SPIN_PAUSE_H

/// Tells the processor that this thread watches a word that another one will write.
static inline void spin_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
