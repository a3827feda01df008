//! What waits for Python's inspector threads: jobs in order, one at a time for each tunnel.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use framewall_proxy::Judge;
use framewall_proxy::judge::Job;

/// Jobs taken in the time of [`Jobs::starved`] that show workers to be busy, not held up.
const BUSY: u64 = 4;

/// Jobs between the relay's threads and Python's.
#[derive(Default)]
pub struct Jobs {
    state: Mutex<State>,
    /// A job is there for a waiting worker.
    ready: Condvar,
    /// A job is there and no worker waits: [`Jobs::starved`] looks.
    crowded: Condvar,
}

#[derive(Default)]
struct State {
    ready: VecDeque<(Instant, Job)>,
    /// Tunnels with a job ready or in hand, each with those that wait for it to be done.
    lanes: HashMap<u64, VecDeque<Job>>,
    waiting: usize,
    /// Jobs taken so far.
    taken: u64,
    closed: bool,
}

impl Judge for Jobs {
    fn submit(&self, job: Job) {
        let mut state = self.lock();
        if let Some(tunnel) = job.connection() {
            if let Some(lane) = state.lanes.get_mut(&tunnel) {
                lane.push_back(job);
                return;
            }
            state.lanes.insert(tunnel, VecDeque::new());
        }
        self.enqueue(&mut state, job);
    }
}

impl Jobs {
    /// The next job, at once or within `patience`; `None`: none came, or all is over.
    pub fn take(&self, patience: Duration) -> Option<Job> {
        let deadline = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            if let Some((_, job)) = state.ready.pop_front() {
                if job.is_abandoned() {
                    continue;
                }
                state.taken += 1;
                return Some(job);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.closed || left.is_zero() {
                return None;
            }
            state.waiting += 1;
            state = self.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            state.waiting -= 1;
        }
    }

    /// A tunnel's job has been done with: the next one may be taken.
    pub fn done(&self, tunnel: u64) {
        let mut state = self.lock();
        let Some(lane) = state.lanes.get_mut(&tunnel) else { return };
        match lane.pop_front() {
            Some(job) => self.enqueue(&mut state, job),
            None => {
                state.lanes.remove(&tunnel);
            }
        }
    }

    /// Waits until jobs wait because all workers are held up: for `patience` the first has been ready, and
    /// hardly any was taken. Workers that are merely busy would only get in each other's way if there were
    /// more. `false`: all is over.
    pub fn starved(&self, patience: Duration) -> bool {
        let mut state = self.lock();
        loop {
            if state.closed {
                return false;
            }
            if state.ready.is_empty() {
                state = self.crowded.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let before = state.taken;
            drop(state);
            std::thread::sleep(patience);
            state = self.lock();
            let waits = state.ready.front().is_some_and(|(since, _)| since.elapsed() >= patience);
            if waits && state.taken - before < BUSY {
                return true;
            }
        }
    }

    /// Ends all waiting. Jobs that are left can still be taken.
    pub fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
        self.crowded.notify_all();
    }

    /// Jobs that no worker has taken.
    pub fn len(&self) -> usize {
        self.lock().ready.len()
    }

    fn enqueue(&self, state: &mut State, job: Job) {
        state.ready.push_back((Instant::now(), job));
        if state.waiting > 0 {
            self.ready.notify_one();
        } else {
            self.crowded.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
