package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_JIT_PROFILE_NONE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni_2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx_fp16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_fp16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_vnni;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_sse41;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_set_jit_profiling_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** The native library of this process, loaded on first use, with its one engine and stream. */
final class Library {
  /** MXCSR bits of x86-64: flush results to zero, treat denormal inputs as zero. */
  private static final int MXCSR_FLUSHES = 0x8040;

  /** Where glibc's fenv_t of x86-64 keeps MXCSR, in shorts. */
  private static final int MXCSR_SHORT = 14;

  /** FPCR bit FZ of arm64, in the upper half of FPCR: flush inputs and results to zero. */
  private static final int FPCR_FLUSHES = 0x0100;

  /** Where glibc's fenv_t of arm64 keeps the upper half of FPCR, in shorts. */
  private static final int FPCR_UPPER_SHORT = 1;

  /** At least what fenv_t takes on either. */
  private static final int FENV_SHORTS = 16;

  private final dnnl_engine engine;
  private final dnnl_stream stream;

  private Library() {
    // On arm64 it would by itself list what it compiles in a file for Linux's perf, one of each
    // process, which nobody removes.
    if (isArm() && System.getenv("ONEDNN_JIT_PROFILE") == null) {
      NativeScope.check(dnnl_set_jit_profiling_flags(DNNL_JIT_PROFILE_NONE), "profiling");
    }
    engine = new dnnl_engine();
    NativeScope.check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
    stream = new dnnl_stream();
    NativeScope.check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags), "stream");
  }

  private static final class Holder {
    /**
     * How long a thread of OpenMP waits in a loop before it sleeps, about 50 microseconds. By
     * itself libgomp's threads loop for milliseconds, and where other programs want the processors,
     * each of the hundreds of barriers of a gradient then costs a time slice: with 27 busy threads
     * on two processors 192 x 192 px took 2.6 s instead of 0.1 s.
     */
    private static final String SPIN = "GOMP_SPINCOUNT=1000";

    /** The C library keeps the address of what it is given. */
    private static final BytePointer ENVIRONMENT;

    static final Library INSTANCE;

    static {
      // JavaCPP counts the memory of the whole process against the Java heap's limit, and fails
      // allocations beyond it; an arena is many times the heap.
      setDefault("org.bytedeco.javacpp.maxBytes", "0");
      setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
      ENVIRONMENT = new BytePointer(SPIN);
      boolean decided =
          System.getenv("GOMP_SPINCOUNT") != null || System.getenv("OMP_WAIT_POLICY") != null;
      if (!decided && Loader.getPlatform().startsWith("linux")) {
        // Read when OpenMP is loaded, which the next line does.
        call("putenv", ENVIRONMENT.address());
      }
      INSTANCE = new Library();
    }

    private static void setDefault(String property, String value) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, value);
      }
    }
  }

  /**
   * The library.
   *
   * @throws LinkageError if there are no natives for this platform, or they do not load
   */
  static Library get() {
    return Holder.INSTANCE;
  }

  dnnl_engine engine() {
    return engine;
  }

  /** In-order and without state, so that all threads share it. */
  dnnl_stream stream() {
    return stream;
  }

  /** The widest instruction set that oneDNN uses here, by its own name. */
  String instructionSet() {
    int isa = dnnl_get_effective_cpu_isa();
    return isArm() ? armInstructionSet(isa) : intelInstructionSet(isa);
  }

  /** There oneDNN's numbers are those of other sets: what it names asimd has that of sse41. */
  private static boolean isArm() {
    return Loader.getPlatform().endsWith("arm64");
  }

  /** As oneDNN's src/cpu/aarch64/cpu_isa_traits.hpp numbers them, which no header exports. */
  private static String armInstructionSet(int isa) {
    return switch (isa) {
      case 0x1 -> "asimd";
      case 0x3 -> "sve_128";
      case 0x7 -> "sve_256";
      case 0xF -> "sve_384";
      case 0x27 -> "sve_512";
      default -> unknown(isa);
    };
  }

  private static String intelInstructionSet(int isa) {
    if (isa == dnnl_cpu_isa_sse41) {
      return "sse41";
    } else if (isa == dnnl_cpu_isa_avx) {
      return "avx";
    } else if (isa == dnnl_cpu_isa_avx2) {
      return "avx2";
    } else if (isa == dnnl_cpu_isa_avx2_vnni) {
      return "avx2_vnni";
    } else if (isa == dnnl_cpu_isa_avx2_vnni_2) {
      return "avx2_vnni_2";
    } else if (isa == dnnl_cpu_isa_avx512_core) {
      return "avx512_core";
    } else if (isa == dnnl_cpu_isa_avx512_core_vnni) {
      return "avx512_core_vnni";
    } else if (isa == dnnl_cpu_isa_avx512_core_bf16) {
      return "avx512_core_bf16";
    } else if (isa == dnnl_cpu_isa_avx512_core_fp16) {
      return "avx512_core_fp16";
    } else if (isa == dnnl_cpu_isa_avx512_core_amx) {
      return "avx512_core_amx";
    } else if (isa == dnnl_cpu_isa_avx512_core_amx_fp16) {
      return "avx512_core_amx_fp16";
    }
    return unknown(isa);
  }

  private static String unknown(int isa) {
    return "isa-" + Integer.toHexString(isa);
  }

  /** Whether oneDNN has this processor multiply bfloat16, in vectors (AVX-512) or tiles (AMX). */
  boolean multipliesBfloat16() {
    // Every set's number has the bits of those that it includes.
    return !isArm()
        && (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16)
            == dnnl_cpu_isa_avx512_core_bf16;
  }

  /**
   * Makes the calling thread run primitives on that many threads, with denormals flushed to zero.
   * OpenMP keeps a team and its size per calling thread, and the team's threads inherit the
   * caller's floating-point mode when they are made: so a thread calls this before its first
   * primitive, and then belongs to the engine for good.
   *
   * @param threads at least 1
   */
  void adoptThread(int threads) {
    call("omp_set_num_threads", threads);
    if (Loader.getPlatform().equals("linux-x86_64")) {
      setFloatingPointMode(MXCSR_SHORT, MXCSR_FLUSHES);
    } else if (Loader.getPlatform().equals("linux-arm64")) {
      setFloatingPointMode(FPCR_UPPER_SHORT, FPCR_FLUSHES);
    }
  }

  /** Sets bits of the calling thread's floating-point environment, in that short of glibc's. */
  private static void setFloatingPointMode(long index, int bits) {
    try (ShortPointer environment = new ShortPointer(FENV_SHORTS)) {
      call("fegetenv", environment.address());
      environment.put(index, (short) (environment.get(index) | bits));
      call("fesetenv", environment.address());
    }
  }

  /**
   * Does something on a thread that {@link #adoptThread} was called by, as if it ran primitives
   * alone: what is described then may be run by any other thread that does.
   *
   * @param threads that it runs primitives on otherwise
   */
  <T> T alone(int threads, Supplier<T> body) {
    call("omp_set_num_threads", 1);
    try {
      return body.get();
    } finally {
      call("omp_set_num_threads", threads);
    }
  }

  /**
   * Calls a C function of one integer or pointer argument. Neither oneDNN nor its binding can set
   * the number of OpenMP threads; JavaCPP's deallocators are plain calls through a function
   * pointer.
   */
  private static void call(String function, long argument) {
    Pointer address = Loader.addressof(function);
    if (address == null || address.isNull()) {
      throw new UnsatisfiedLinkError("no function " + function + " in this process");
    }
    try {
      Method init =
          Pointer.class.getDeclaredMethod("init", long.class, long.class, long.class, long.class);
      init.setAccessible(true);
      try (Pointer pointer = new Pointer()) {
        init.invoke(pointer, 0L, 0L, argument, address.address());
      }
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new LinkageError("JavaCPP cannot call " + function, e);
    }
  }
}
