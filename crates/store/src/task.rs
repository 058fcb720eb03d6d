//! A closure on its way to a connection and its answer on the way back.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::{Conn, StoreError};

/// An answer that comes when the work is done: awaited by the server, waited for by commands.
pub struct Pending<T, E>(oneshot::Receiver<Result<T, E>>);

impl<T, E: From<StoreError>> Pending<T, E> {
    /// Waits on this thread, which must not belong to an asynchronous runtime.
    ///
    /// # Errors
    /// What the work answered, or that the store is closed.
    pub fn wait(self) -> Result<T, E> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }
}

impl<T, E: From<StoreError>> Future for Pending<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(cx)
            .map(|answer| answer.unwrap_or_else(|_| Err(StoreError::Closed.into())))
    }
}

/// Work for a connection, in two steps: it runs inside a transaction, and its answer is given only
/// after the commit.
pub trait Task: Send {
    /// Runs; answers whether the transaction may keep it.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Gives the answer, or the failure of the commit.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

struct Work<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    back: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Task for Work<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&mut Conn) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(conn)));
        let result = result.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let result = match failed {
            Some(error) => Err(error.into()),
            None => self.result.unwrap_or_else(|| Err(StoreError::Closed.into())),
        };
        // Whoever asked may have gone away; the act stands all the same.
        let _ = self.back.send(result);
    }
}

/// Packs a closure as a task.
pub fn task<T, E, F>(work: F) -> (Box<dyn Task>, Pending<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
{
    let (back, pending) = oneshot::channel();
    (Box::new(Work { work, result: None, back }), Pending(pending))
}
