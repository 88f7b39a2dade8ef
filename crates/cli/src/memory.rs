//! How the process asks for memory, and gives it back. Both are calls to the C library of Linux that no crate wraps; elsewhere
//! they do nothing.
#![allow(unsafe_code, reason = "calls to the C library that no crate wraps")]

/// All threads share one heap.
///
/// By default each thread has a heap of its own, and what one thread freed another cannot use: computing a million events took
/// 1,300 MB so, and takes 980 MB, in the same time (docs/benchmarks.md).
pub fn share_one_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes two numbers, keeps no pointer, and is called before there is a second thread. It cannot fail for
    // M_ARENA_MAX, and if it did, memory would be as it is by default.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Gives the system back what was freed between what is still held. A table leaves holes of hundreds of megabytes, which the
/// next one does not fill.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes a number, keeps no pointer, and locks the heap for itself, so that any thread may call it.
    unsafe {
        libc::malloc_trim(0);
    }
}
