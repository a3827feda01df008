//! Which routes there are and where they lead: what a reload replaces as a whole.

use std::sync::Arc;

use crate::config::{Config, Network, Route, Upstream};
use crate::limits::Limits;
use crate::relay::StartError;
use crate::upstream::group::Group;

/// A route and where it leads. Tunnels and requests under way keep theirs through a reload.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) route: Route,
    pub(crate) group: Arc<Group>,
}

/// Everything that a request is looked up in.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) routes: Vec<Route>,
    /// One a route.
    pub(crate) sites: Vec<Arc<Site>>,
    pub(crate) trusted: Vec<Network>,
    pub(crate) scheme: String,
    pub(crate) limits: Limits,
    groups: Vec<(Upstream, Arc<Group>)>,
}

impl Table {
    /// Groups that are as they were in `before` keep their turns and what they know of their servers.
    pub(crate) fn new(config: Config, before: Option<&Table>) -> Result<Self, StartError> {
        if config.routes.is_empty() {
            return Err(StartError::NoRoute);
        }
        let known = |upstream: &Upstream| {
            let same = before?.groups.iter().find(|(known, _)| known == upstream)?;
            Some(Arc::clone(&same.1))
        };
        let group = |upstream: Upstream| {
            let group = known(&upstream).unwrap_or_else(|| Arc::new(Group::new(&upstream)));
            (upstream, group)
        };
        let groups: Vec<_> = config.upstreams.into_iter().map(group).collect();
        let site = |route: &Route| {
            let found = groups.iter().find(|(upstream, group)| upstream.name == route.upstream && !group.is_empty());
            let (_, group) = found.ok_or_else(|| StartError::Upstream(route.upstream.clone()))?;
            Ok(Arc::new(Site { route: route.clone(), group: Arc::clone(group) }))
        };
        let sites = config.routes.iter().map(site).collect::<Result<_, _>>()?;
        Ok(Self {
            sites,
            routes: config.routes,
            trusted: config.trusted_proxies,
            scheme: config.scheme,
            limits: config.limits,
            groups,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Address, Balance, Fail, Inspect, Server};

    fn config(servers: &[&str]) -> Config {
        let server = |port: &&str| Server { address: Address::parse(&format!("http://a:{port}")).unwrap(), weight: 1 };
        Config {
            listen: Vec::new(),
            threads: 1,
            scheme: "http".into(),
            trusted_proxies: Vec::new(),
            upstreams: vec![Upstream {
                name: "app".into(),
                servers: servers.iter().map(server).collect(),
                balance: Balance::RoundRobin,
            }],
            routes: vec![Route {
                name: "all".into(),
                hosts: vec!["*".into()],
                paths: vec!["/".into()],
                upstream: "app".into(),
                inspect: Inspect::Client,
                fail: Fail::Closed,
                limits: Limits::default(),
            }],
            limits: Limits::default(),
        }
    }

    #[test]
    fn a_group_that_did_not_change_goes_on_through_a_reload() {
        let first = Table::new(config(&["1", "2"]), None).unwrap();
        let same = Table::new(config(&["1", "2"]), Some(&first)).unwrap();
        let other = Table::new(config(&["1"]), Some(&first)).unwrap();
        assert!(Arc::ptr_eq(&first.sites[0].group, &same.sites[0].group));
        assert!(!Arc::ptr_eq(&first.sites[0].group, &other.sites[0].group));
    }

    #[test]
    fn a_route_without_servers_makes_no_table() {
        assert!(matches!(Table::new(config(&[]), None), Err(StartError::Upstream(_))));
        let nothing = Config { routes: Vec::new(), ..config(&["1"]) };
        assert!(matches!(Table::new(nothing, None), Err(StartError::NoRoute)));
    }
}
