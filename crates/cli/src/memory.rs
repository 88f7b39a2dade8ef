//! How the process asks for memory: calls to the C library of Linux that no crate wraps; elsewhere it does nothing.
#![allow(unsafe_code, reason = "calls to the C library that no crate wraps")]

/// What is longer is given back to the system when it is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const GIVEN_BACK: libc::c_int = 4 << 20;

/// Gives back what the heaps have free. Between the steps of a long computation that is more than half of the memory, for the next
/// step would not find what it needs in the gaps of the last (docs/benchmarks.md).
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes a number and keeps no pointer; other threads may use their heaps meanwhile.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// All threads share two heaps, and what is long stands in neither.
///
/// By default each thread has a heap of its own, and what one thread freed another cannot use: a third more memory. With a single
/// heap threads wait for each other, a twentieth of the time. And as soon as something long was freed, the next such thing is put
/// between small ones, where it leaves a gap that is not given back: an eighth of the memory (docs/benchmarks.md).
pub fn share_two_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: they take two numbers, keep no pointer, and are called before there is a second thread. They cannot fail for
    // these, and if they did, memory would be as it is by default.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
        libc::mallopt(libc::M_MMAP_THRESHOLD, GIVEN_BACK);
    }
}
