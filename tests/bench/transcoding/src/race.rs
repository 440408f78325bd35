//! Several ways to do one thing, timed in turns: what disturbs the machine disturbs them all. The time is the thread's own CPU time.

use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::time::ClockId;

use crate::figures::Figure;

/// How long one lane runs before the next one does.
const SLICE: Duration = Duration::from_millis(3);

/// One way to do it.
pub(crate) struct Lane<'a> {
    who: &'static str,
    run: Box<dyn FnMut() -> Result<()> + 'a>,
    /// How often it runs in a slice.
    calls: u32,
    /// Microseconds a call, by round.
    times: Vec<f64>,
}

/// All ways to do one thing.
pub(crate) struct Race<'a> {
    pub(crate) what: String,
    lanes: Vec<Lane<'a>>,
}

impl<'a> Race<'a> {
    /// One without lanes.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), lanes: Vec::new() }
    }

    /// With one lane more.
    pub(crate) fn with(mut self, who: &'static str, run: impl FnMut() -> Result<()> + 'a) -> Self {
        self.lanes.push(Lane { who, run: Box::new(run), calls: 1, times: Vec::new() });
        self
    }

    /// Microseconds a call of one lane.
    pub(crate) fn time(&self, who: &str) -> Option<Figure> {
        Figure::of(self.lane(who)?.times.iter().copied())
    }

    /// How many times longer `slow` takes than `fast`, within each round.
    pub(crate) fn ratio(&self, slow: &str, fast: &str) -> Option<Figure> {
        let (slow, fast) = (self.lane(slow)?, self.lane(fast)?);
        Figure::of(slow.times.iter().zip(&fast.times).map(|(slow, fast)| slow / fast))
    }

    fn lane(&self, who: &str) -> Option<&Lane<'a>> {
        self.lanes.iter().find(|lane| lane.who == who)
    }

    fn round(&mut self) -> Result<()> {
        for lane in &mut self.lanes {
            lane.slice()?;
        }
        // Nobody is always the first, with whatever the others left in the caches.
        self.lanes.rotate_left(1);
        Ok(())
    }
}

impl Lane<'_> {
    /// Finds how often it runs in a slice.
    fn prepare(&mut self) -> Result<()> {
        while self.timed()? < SLICE {
            self.calls *= 2;
        }
        Ok(())
    }

    fn slice(&mut self) -> Result<()> {
        let time = self.timed()?;
        self.times.push(time.as_secs_f64() * 1e6 / f64::from(self.calls));
        Ok(())
    }

    fn timed(&mut self) -> Result<Duration> {
        let started = now()?;
        for _ in 0..self.calls {
            (self.run)()?;
        }
        Ok(now()? - started)
    }
}

/// Runs all races, a round of each in turn.
pub(crate) fn run(races: &mut [Race<'_>], rounds: usize) -> Result<()> {
    for lane in races.iter_mut().flat_map(|race| &mut race.lanes) {
        lane.prepare().with_context(|| lane.who)?;
    }
    for _ in 0..rounds {
        for race in &mut *races {
            race.round().with_context(|| race.what.clone())?;
        }
    }
    Ok(())
}

fn now() -> Result<Duration> {
    Ok(ClockId::CLOCK_THREAD_CPUTIME_ID.now()?.into())
}
