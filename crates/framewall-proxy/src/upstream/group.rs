//! Which server of a group gets a request.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::{Address, Balance, Upstream};

/// How long a server that could not be connected to is tried last.
const REST: Duration = Duration::from_secs(10);

/// A group of servers and whose turn it is.
#[derive(Debug)]
pub struct Group {
    balance: Balance,
    servers: Vec<(Address, i64)>,
    turns: Mutex<Vec<Turn>>,
}

#[derive(Clone, Debug, Default)]
struct Turn {
    credit: i64,
    resting_until: Option<Instant>,
}

impl Group {
    /// Servers of weight 0 are left out.
    pub fn new(upstream: &Upstream) -> Self {
        let servers: Vec<_> = upstream
            .servers
            .iter()
            .filter(|server| server.weight > 0)
            .map(|server| (server.address.clone(), i64::from(server.weight)))
            .collect();
        let turns = Mutex::new(vec![Turn::default(); servers.len()]);
        Self { balance: upstream.balance, servers, turns }
    }

    /// Whether it has no server.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Servers for one request: whose turn it is, then the others in case that one is away.
    pub fn order(&self, client: IpAddr) -> Vec<&Address> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let first = match self.balance {
            Balance::RoundRobin => self.next_turn(&mut turns),
            Balance::IpHash => self.hashed(client),
        };
        let now = Instant::now();
        let count = self.servers.len();
        let mut order: Vec<usize> = (0..count).map(|step| (first + step) % count).collect();
        order.sort_by_key(|&index| turns[index].resting_until.is_some_and(|until| until > now));
        order.into_iter().map(|index| &self.servers[index].0).collect()
    }

    /// Remembers that a server could not be connected to.
    pub fn away(&self, address: &Address) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = self.servers.iter().position(|(own, _)| own == address) {
            turns[index].resting_until = Some(Instant::now() + REST);
        }
    }

    /// Smooth weighted round robin: each gains its weight, the richest is taken and pays the sum.
    fn next_turn(&self, turns: &mut [Turn]) -> usize {
        let sum: i64 = self.servers.iter().map(|(_, weight)| weight).sum();
        for (turn, (_, weight)) in turns.iter_mut().zip(&self.servers) {
            turn.credit += weight;
        }
        let richest = (0..turns.len()).max_by_key(|&index| (turns[index].credit, std::cmp::Reverse(index)));
        let index = richest.unwrap_or(0);
        if let Some(turn) = turns.get_mut(index) {
            turn.credit -= sum;
        }
        index
    }

    fn hashed(&self, client: IpAddr) -> usize {
        // Fixed keys: the same server after a restart.
        let mut hasher = DefaultHasher::new();
        client.to_canonical().hash(&mut hasher);
        let sum: i64 = self.servers.iter().map(|(_, weight)| weight).sum();
        let mut at = (hasher.finish() % sum.max(1) as u64) as i64;
        for (index, (_, weight)) in self.servers.iter().enumerate() {
            at -= weight;
            if at < 0 {
                return index;
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Server;

    fn group(balance: Balance, weights: &[u32]) -> Group {
        let servers = weights
            .iter()
            .enumerate()
            .map(|(index, &weight)| Server { address: Address::Tcp(format!("10.0.0.{index}:80")), weight });
        Group::new(&Upstream { name: "app".into(), servers: servers.collect(), balance })
    }

    fn firsts(group: &Group, client: [u8; 4], count: usize) -> String {
        let first = |_| group.order(IpAddr::from(client))[0].to_string();
        (0..count).map(first).map(|name| name.chars().nth("http://10.0.0.".len()).unwrap()).collect()
    }

    #[test]
    fn turns_follow_the_weights_and_are_spread() {
        assert_eq!(firsts(&group(Balance::RoundRobin, &[5, 1, 1]), [1, 1, 1, 1], 7), "0010200");
        assert_eq!(firsts(&group(Balance::RoundRobin, &[1, 1]), [1, 1, 1, 1], 4), "0101");
    }

    #[test]
    fn a_client_stays_with_its_server_and_clients_are_spread() {
        let group = group(Balance::IpHash, &[1, 1, 1]);
        let mut seen = std::collections::HashSet::new();
        for last in 0..50 {
            let servers = firsts(&group, [10, 0, 0, last], 3);
            assert!(servers.chars().all(|server| servers.starts_with(server)), "{servers}");
            seen.insert(servers);
        }
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn a_server_that_is_away_is_tried_last() {
        let group = group(Balance::RoundRobin, &[1, 1]);
        group.away(&Address::Tcp("10.0.0.0:80".into()));
        assert_eq!(firsts(&group, [1, 1, 1, 1], 4), "1111");
        assert_eq!(group.order(IpAddr::from([1, 1, 1, 1])).len(), 2);
    }
}
