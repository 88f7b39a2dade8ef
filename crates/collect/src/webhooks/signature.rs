//! Whether a delivery is GitHub's.

use crate::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether `signature`, the header `X-Hub-Signature-256`, is that of `body` under the webhook's secret. It takes the same
/// time wherever a wrong one differs. An empty secret verifies nothing.
pub fn verify(secret: &[u8], body: &[u8], signature: &str) -> bool {
    let (Some(stated), Ok(mut mac)) =
        (signature.strip_prefix("sha256=").and_then(hex::bytes), Hmac::<Sha256>::new_from_slice(secret))
    else {
        return false;
    };
    mac.update(body);
    !secret.is_empty() && mac.verify_slice(&stated).is_ok()
}
