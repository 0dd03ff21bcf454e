//! What the load balancer sees and did, in lines.

use std::fmt::Write as _;

use crate::balancer::Policy;
use crate::base::tenths;
use crate::node::Node;
use crate::sim::World;

/// What every node bears, what was made of it, and the last steps.
pub(super) fn balancer(world: &World) -> String {
    let policy = world.config().modes.balancer;
    if policy == Policy::Off {
        return "the balancer is off\n".to_owned();
    }
    let Some(seen) = world.balancing() else {
        return format!("balancer={policy}: nobody is there to decide\n");
    };
    let mut text = format!("balancer={policy}: {} decides\n", seen.by);
    for (node, load, bears) in world.node(seen.by).map(Node::loads).unwrap_or_default() {
        let rate = |thousandths: u64| tenths(thousandths as f64 / 1_000.0);
        let (reads, writes) = (rate(load.reads), rate(load.writes));
        let _ = writeln!(
            text,
            "{node}: {bears}: {reads} read and {writes} write units a second, {} bytes",
            load.bytes
        );
    }
    if let Some(finding) = &seen.finding {
        let _ = writeln!(text, "{finding}");
    }
    for hot in &seen.hot {
        let _ = writeln!(text, "{hot}");
    }
    for (at, why) in &seen.done {
        let _ = writeln!(text, "at {at} the balancer {why}");
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::scenario::Session;

    #[test]
    fn a_run_with_a_balancer_goes_on_from_a_snapshot() {
        let script = "trace off
cluster nodes=4 vnodes=4 n=2 r=1 w=1 seed=3 gossip=100ms balancer=throughput
workload rate=200 items=200 keys=zipf size=50
run 6500ms
snapshot a
run 8s
digest
balancer
restore a
run 8s
digest
balancer
---
";
        let output = Session::default().run_script(script).unwrap();
        let lines: Vec<&str> = output.lines().filter(|line| line.contains("state")).collect();
        assert!(lines.len() == 2 && lines[0] == lines[1], "{output}");
        assert!(output.contains("moves token range"), "{output}");
    }
}
