//! When a description that was read counts: the first one at once, another only when it was read twice in a row, for while a service is
//! upgraded its old and its new instances answer in turns.

use std::{future::pending, ops::ControlFlow, time::Duration};

use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

/// How soon one that is away is asked again, and the least time between two readings.
const SOON: Duration = Duration::from_secs(1);

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Following {
    /// The one that counts, whether it can be used or not.
    taken: Option<Vec<u8>>,
    /// Another one, read once.
    other: Option<Vec<u8>>,
}

impl Following {
    /// This one counts.
    pub(super) fn take(&mut self, set: Vec<u8>) {
        (self.taken, self.other) = (Some(set), None);
    }

    /// Hears what was read, and tells it back if it counts from now on.
    pub(super) fn heard(&mut self, set: Vec<u8>) -> Option<Vec<u8>> {
        if self.taken.as_ref() == Some(&set) {
            self.other = None;
            return None;
        }
        if self.taken.is_none() || self.other.as_ref() == Some(&set) {
            self.take(set.clone());
            return Some(set);
        }
        self.other = Some(set);
        None
    }

    /// How long to wait until the next reading: before the first there is no time to lose.
    pub(super) fn pause(&self, every: Duration) -> Duration {
        if self.taken.is_none() { every.min(SOON) } else { every }
    }

    /// Waits for that long, or until there is another connection; breaks at the shutdown.
    pub(super) async fn rests(
        &self,
        connections: &mut Option<watch::Receiver<u64>>,
        pause: Duration,
        shutdown: &CancellationToken,
    ) -> ControlFlow<()> {
        let least = timeout(pause.min(SOON), shutdown.cancelled());
        if least.await.is_ok() {
            return ControlFlow::Break(());
        }
        let connected = async {
            if let Some(connections) = connections
                && connections.changed().await.is_ok()
            {
                return;
            }
            // Nobody tells of connections.
            pending().await
        };
        let rest = timeout(pause.saturating_sub(SOON), connected);
        tokio::select! {
            biased;
            () = shutdown.cancelled() => ControlFlow::Break(()),
            _ = rest => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn a_change_counts_when_it_was_read_twice_in_a_row() {
        let [old, new] = [b"old".to_vec(), b"new".to_vec()];
        let mut following = Following::default();
        assert_eq!(following.heard(old.clone()), Some(old.clone()));
        for flapping in [&new, &old, &new, &old, &old] {
            assert_eq!(following.heard(flapping.clone()), None);
        }
        assert_eq!(following.heard(new.clone()), None);
        assert_eq!(following.heard(b"a third".to_vec()), None);
        assert_eq!(following.heard(new.clone()), None);
        assert_eq!(following.heard(new.clone()), Some(new.clone()));
        assert_eq!(following.heard(new), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_and_a_shutdown_cut_the_rest_short() {
        let (every, shutdown) = (Duration::from_secs(30), CancellationToken::new());
        let (made, seen) = watch::channel(0_u64);
        let mut seen = Some(seen);
        let mut following = Following::default();
        assert_eq!(following.pause(every), SOON);
        following.take(Vec::new());
        assert_eq!(following.pause(every), every);

        let begun = Instant::now();
        assert!(following.rests(&mut seen, every, &shutdown).await.is_continue());
        assert_eq!(begun.elapsed(), every);
        made.send_modify(|count| *count += 1);
        assert!(following.rests(&mut seen, every, &shutdown).await.is_continue());
        assert_eq!(begun.elapsed(), every + SOON);
        shutdown.cancel();
        assert!(following.rests(&mut seen, every, &shutdown).await.is_break());
        assert_eq!(begun.elapsed(), every + SOON);
    }
}
