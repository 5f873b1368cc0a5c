// Says what is wrong where the processor lacks what the program was built for, instead of dying of
// an illegal instruction. Runs before every other code of the program, constructors included, and
// is itself built for any x86-64.
#include <unistd.h>

#if defined(__x86_64__) && defined(__AVX2__)

// 101: the first priority that a program may use.
__attribute__((constructor(101), target("arch=x86-64"))) static void check_processor() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2")) {
    return;
  }
  constexpr char kText[] =
      "eva: this processor has no AVX2, FMA and BMI2, for which this program was built; build it "
      "with -DEVA_MARCH=x86-64-v2 (slower)\n";
  const auto written = write(STDERR_FILENO, kText, sizeof kText - 1);
  _exit(written < 0 ? 2 : 1);
}

#endif
