//! How the process asks for memory.

/// All threads share one heap.
///
/// The C library of Linux gives each thread a heap of its own, and what one thread freed another cannot use: computing a million
/// events took 1,300 MB so, and takes 980 MB, in the same time (docs/benchmarks.md). Elsewhere this does nothing.
#[allow(unsafe_code, reason = "the C library is told by a call that no crate wraps")]
pub fn share_one_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes two numbers, keeps no pointer, and is called before there is a second thread. It cannot fail for
    // M_ARENA_MAX, and if it did, memory would be as it is by default.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
