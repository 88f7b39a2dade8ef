//! Values of which the compiler need not look inside.

use std::ops::Deref;
use std::sync::Arc;

/// A value of which is only known that it can be reached from any thread.
///
/// A future may go to another thread when everything in it may, and the compiler proves that for each future anew. A plan or a
/// statement of SQL has hundreds of types in it: proving them took a minute of building `muster-serve`, where seven futures
/// held some.
pub type Opaque<T> = Arc<dyn Deref<Target = T> + Send + Sync>;

/// Makes a value opaque.
pub fn opaque<T: Send + Sync + 'static>(value: T) -> Opaque<T> {
    Arc::new(Box::new(value))
}
