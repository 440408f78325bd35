//! Calls of an HTTP/2 connection, answered while the connection is read instead of each by a task of its own.
//!
//! Most calls never wait: they are answered within microseconds. For those a task costs more than the call does: its memory, another
//! worker that is woken to take it, the connection's task that is woken for the answer, and a write to the socket for every single
//! answer. Here what a connection has brought is tried once, one call after the other, and the answers leave together. A call that has
//! to wait becomes a task, and so does what is left once they have taken long enough, so that other workers can help.

use std::{
    future::{self, Future},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use hyper::rt::Executor;
use tokio::{io::AsyncWrite, time::Instant};

use crate::Gather;

/// How long one connection's calls are answered before its answers are sent.
const TURN: Duration = Duration::from_millis(1);

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The executor of one connection, which has to be awaited through [`AtOnce::drive`]. Cheap to clone; clones are one and the same.
#[derive(Clone, Default)]
pub struct AtOnce(Arc<Mutex<Vec<Call>>>);

impl AtOnce {
    /// Awaits the connection, answers what it brings, and sends what it writes.
    pub async fn drive<C, S>(&self, mut connection: Pin<&mut C>, line: &Gather<S>) -> C::Output
    where
        C: Future,
        S: AsyncWrite + Unpin,
    {
        future::poll_fn(|context| {
            loop {
                let ended = connection.as_mut().poll(context);
                // The answers are written when the connection is polled again.
                if !self.answer() || ended.is_ready() {
                    break match line.poll_send(context) {
                        Poll::Ready(false) if ended.is_pending() => {
                            connection.as_mut().poll(context)
                        }
                        _ => ended,
                    };
                }
            }
        })
        .await
    }

    /// Answers what has come, and tells whether anything had.
    fn answer(&self) -> bool {
        let calls = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if calls.is_empty() {
            return false;
        }
        let begun = Instant::now();
        for mut call in calls {
            if begun.elapsed() > TURN || must_wait(&mut call) {
                tokio::spawn(call);
            }
        }
        true
    }
}

/// Tries a call. A panic ends it, as it would end its task, and no other.
fn must_wait(call: &mut Call) -> bool {
    // Nobody has to be woken: a call that waits is polled again by its task.
    let mut context = Context::from_waker(Waker::noop());
    let tried = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(&mut context)));
    matches!(tried, Ok(Poll::Pending))
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for AtOnce {
    fn execute(&self, call: F) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::pin(call));
    }
}

impl std::fmt::Debug for AtOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtOnce").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use tokio::sync::oneshot;

    use super::*;

    /// A connection that brings these calls at once, and ends when it is polled again.
    async fn bring(at_once: &AtOnce, calls: Vec<Call>) {
        let mut calls = Some(calls);
        let connection = future::poll_fn(|context| match calls.take() {
            Some(calls) => {
                calls.into_iter().for_each(|call| at_once.execute(call));
                context.waker().wake_by_ref();
                Poll::Pending
            }
            None => Poll::Ready(()),
        });
        at_once.drive(pin!(connection), &Gather::new(tokio::io::sink())).await;
    }

    fn counting(count: &Arc<AtomicUsize>) -> Call {
        let count = Arc::clone(count);
        Box::pin(async move {
            count.fetch_add(1, Ordering::Relaxed);
        })
    }

    #[tokio::test]
    async fn what_need_not_wait_is_answered_before_the_connection_goes_on() {
        let (at_once, count) = (AtOnce::default(), Arc::default());
        bring(&at_once, (0..100).map(|_| counting(&count)).collect()).await;
        assert_eq!(count.load(Ordering::Relaxed), 100);
    }

    #[tokio::test]
    async fn what_waits_holds_up_neither_the_others_nor_the_connection() {
        let (at_once, count) = (AtOnce::default(), Arc::default());
        let ((go, waits), (done, is_done)) = (oneshot::channel(), oneshot::channel());
        let waiting = Box::pin(async move {
            let _ = waits.await;
            let _ = done.send(());
        });
        bring(&at_once, vec![waiting, counting(&count)]).await;
        assert_eq!(count.load(Ordering::Relaxed), 1);
        go.send(()).unwrap();
        is_done.await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_call_alone() {
        let (at_once, count) = (AtOnce::default(), Arc::default());
        let panics = Box::pin(async { panic!("of one call") });
        bring(&at_once, vec![panics, counting(&count)]).await;
        // Telling of the panic may have taken the rest of the turn.
        tokio::task::yield_now().await;
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_takes_longer_than_a_turn_is_left_to_tasks() {
        let (at_once, count) = (AtOnce::default(), Arc::default());
        let busy = Box::pin(async {
            let begun = Instant::now();
            while begun.elapsed() <= TURN {
                std::hint::spin_loop();
            }
        });
        bring(&at_once, vec![busy, counting(&count)]).await;
        assert_eq!(count.load(Ordering::Relaxed), 0);
        tokio::task::yield_now().await;
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }
}
