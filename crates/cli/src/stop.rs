//! Being asked to end: Ctrl-C, or what a service manager sends.

use crate::failure::{INTERRUPTED, TERMINATED};

/// Comes when somebody asks this program to end, with the exit status that says how.
pub async fn asked() -> u8 {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return TERMINATED,
                _ = tokio::signal::ctrl_c() => return INTERRUPTED,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
    INTERRUPTED
}
