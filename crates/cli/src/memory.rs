//! How the process asks for memory: a call to the C library of Linux that no crate wraps; elsewhere it does nothing.
#![allow(unsafe_code, reason = "a call to the C library that no crate wraps")]

/// All threads share two heaps.
///
/// By default each thread has a heap of its own, and what one thread freed another cannot use: a third more memory. With a single
/// heap threads wait for each other, a twentieth of the time (docs/benchmarks.md).
pub fn share_two_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes two numbers, keeps no pointer, and is called before there is a second thread. It cannot fail for
    // M_ARENA_MAX, and if it did, memory would be as it is by default.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}
