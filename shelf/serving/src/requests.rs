//! What is under way on a connection, how long there has been nothing, and which answers the client does not take.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::Activity;

/// The requests of one connection. Cheap to clone; clones are one and the same.
#[derive(Clone, Debug)]
pub struct Requests(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    under_way: usize,
    /// When the last one ended, or the connection began.
    ended: Instant,
    next: u64,
    /// Of these, since when there is more of the answer than the client lets come.
    untaken: HashMap<u64, Instant>,
}

/// A request that is under way until this is dropped.
#[derive(Debug)]
pub struct UnderWay {
    requests: Requests,
    number: u64,
}

/// How many of the answers under way have to stand still.
#[derive(Clone, Copy, Debug)]
pub enum Stalled {
    /// At least one.
    One,
    /// Every one.
    All,
}

impl Requests {
    /// A connection that begins now.
    pub fn none() -> Self {
        let (ended, untaken) = (Instant::now(), HashMap::new());
        Self(Arc::new(Mutex::new(State { under_way: 0, ended, next: 0, untaken })))
    }

    /// Another request.
    pub fn begin(&self) -> UnderWay {
        let mut state = self.state();
        state.under_way += 1;
        state.next += 1;
        UnderWay { requests: self.clone(), number: state.next }
    }

    /// Comes when nothing has been under way for so long.
    pub async fn none_for(&self, time: Duration) {
        self.since(time, State::quiet).await;
    }

    /// Comes when the client has taken nothing more of one answer, or of all, for so long. What waits for the line to take
    /// bytes is the line's to watch.
    pub async fn stalled(&self, which: Stalled, time: Duration, line: &Activity) {
        self.since(time, |state| {
            if line.is_full() {
                state.untaken.values_mut().for_each(|since| *since = Instant::now());
            }
            state.stalled(which)
        })
        .await;
    }

    /// Comes when something has been so for long enough; `since` tells since when, if it is.
    #[expect(clippy::disallowed_methods, reason = "a time limit is what this waits for")]
    async fn since(&self, time: Duration, mut since: impl FnMut(&mut State) -> Option<Instant>) {
        loop {
            let passed = since(&mut self.state()).map_or(Duration::ZERO, |since| since.elapsed());
            if passed >= time {
                return;
            }
            tokio::time::sleep(time - passed).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn quiet(&mut self) -> Option<Instant> {
        (self.under_way == 0).then_some(self.ended)
    }

    fn stalled(&self, which: Stalled) -> Option<Instant> {
        match which {
            Stalled::One => self.untaken.values().min().copied(),
            Stalled::All if self.untaken.len() < self.under_way => None,
            Stalled::All => self.untaken.values().max().copied(),
        }
    }
}

impl UnderWay {
    /// A piece of the answer was given; the next one is asked for when the client has room for it.
    pub fn gives(&self) {
        self.requests.state().untaken.insert(self.number, Instant::now());
    }

    /// The client has room for more.
    pub fn is_asked(&self) {
        self.requests.state().untaken.remove(&self.number);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.requests.state();
        state.untaken.remove(&self.number);
        state.under_way -= 1;
        state.ended = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(60);
    const STALL: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_quiet_connection_is_idle_after_its_time() {
        let (requests, begun) = (Requests::none(), Instant::now());
        requests.none_for(IDLE).await;
        assert_eq!(begun.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_a_request_is_not_idle_until_it_ends() {
        let (requests, begun) = (Requests::none(), Instant::now());
        let request = requests.begin();
        assert!(tokio::time::timeout(10 * IDLE, requests.none_for(IDLE)).await.is_err());
        drop(request);
        requests.none_for(IDLE).await;
        assert_eq!(begun.elapsed().as_secs(), 660);
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_begins_the_wait_anew() {
        let (requests, begun) = (Requests::none(), Instant::now());
        for _ in 0..3 {
            let waiting =
                tokio::time::timeout(IDLE - Duration::from_secs(1), requests.none_for(IDLE));
            assert!(waiting.await.is_err());
            drop(requests.begin());
        }
        requests.none_for(IDLE).await;
        assert_eq!(begun.elapsed().as_secs(), 3 * 59 + 60);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_not_taken_stalls_and_others_do_not_hide_it() {
        let (requests, line, begun) = (Requests::none(), Activity::default(), Instant::now());
        let (stuck, taken) = (requests.begin(), requests.begin());
        stuck.gives();
        let stalled = async {
            requests.stalled(Stalled::One, STALL, &line).await;
            begun.elapsed().as_secs()
        };
        let reading = async {
            loop {
                taken.gives();
                tokio::time::sleep_until(Instant::now() + STALL / 3).await;
                taken.is_asked();
            }
        };
        tokio::select! {
            after = stalled => assert_eq!(after, 10),
            () = reading => {}
        }
        taken.is_asked();
        let all = requests.stalled(Stalled::All, STALL, &line);
        assert!(tokio::time::timeout(10 * STALL, all).await.is_err(), "one is not asked for");
        drop(taken);
        requests.stalled(Stalled::All, STALL, &line).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_the_service_still_makes_does_not_stall() {
        let (requests, line) = (Requests::none(), Activity::default());
        let made = requests.begin();
        for which in [Stalled::One, Stalled::All] {
            let stalled = requests.stalled(which, STALL, &line);
            assert!(tokio::time::timeout(10 * STALL, stalled).await.is_err(), "{which:?}");
        }
        made.gives();
        drop(made);
        for which in [Stalled::One, Stalled::All] {
            let stalled = requests.stalled(which, STALL, &line);
            assert!(tokio::time::timeout(10 * STALL, stalled).await.is_err(), "{which:?}");
        }
    }
}
