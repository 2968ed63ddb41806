//! Threads for a registration that goes on while the window is used.

/// Does `work` on threads of its own, one fewer than there are cores: that one is the window's.
pub fn beside_window<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() - 1);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .thread_name(|n| format!("registration {n}"))
        .build();
    match pool {
        Ok(pool) => pool.install(work),
        // No further threads: the global pool does it, and the window waits for its turn.
        Err(_) => work(),
    }
}
