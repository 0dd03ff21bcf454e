//! What a line of the language says.

use super::arguments::{NodeNames, OnlyIf, Segment, Term};
use crate::balancer::Policy;
use crate::base::{Duration, MessageId, NodeId, WorkloadId};
use crate::data::Resolution;
use crate::node::{Interval, QuorumMode, ReadRepair, Switch, Timestamps};
use crate::ring::{Placement, Token, Weight};
use crate::sim::{Exponent, HotSet, KeyPattern, NetworkPreset, Routing, Skew};

/// One line of the scenario language.
#[derive(Clone, Debug, PartialEq, goldenscript::Command)]
pub enum Line {
    /// A fresh cluster; what is not given has its default.
    Cluster {
        #[arg(key)]
        nodes: Option<u16>,
        #[arg(key)]
        vnodes: Option<u16>,
        #[arg(key)]
        placement: Option<Placement>,
        #[arg(key)]
        n: Option<u8>,
        #[arg(key)]
        r: Option<u8>,
        #[arg(key)]
        w: Option<u8>,
        #[arg(key)]
        seed: Option<u64>,
        #[arg(key)]
        network: Option<NetworkPreset>,
        #[arg(key)]
        routing: Option<Routing>,
        #[arg(key)]
        timeout: Option<Duration>,
        #[arg(key)]
        quorum: Option<QuorumMode>,
        #[arg(key)]
        handoff: Option<Switch>,
        #[arg(key)]
        repair: Option<ReadRepair>,
        #[arg(key)]
        timestamps: Option<Timestamps>,
        #[arg(key)]
        gossip: Option<Interval>,
        #[arg(key)]
        anti_entropy: Option<Interval>,
        #[arg(key)]
        collection: Option<Switch>,
        #[arg(key)]
        balancer: Option<Policy>,
    },
    /// Declares a table, its keys, such as `year:N`, and what becomes of concurrent writes.
    Table {
        name: String,
        partition_key: Option<String>,
        sort_key: Option<String>,
        #[arg(key)]
        resolve: Option<Resolution>,
    },
    /// Adds a secondary index: its name, the attributes of its partition key and of its sort key, with
    /// `+` between them. `index drop TABLE NAME` drops one.
    Index {
        table: String,
        name: String,
        partition: Option<String>,
        sort: Option<String>,
        /// `all`, `keys`, or the names of attributes.
        #[arg(key)]
        project: Option<String>,
        #[arg(key)]
        local: Option<bool>,
    },
    /// Which attribute has the second, since 1970, at which an item expires; or `off`.
    Expire {
        table: String,
        attribute: String,
        /// Whether an item cannot be read any more from then on.
        #[arg(key)]
        hide: Option<bool>,
    },
    /// How far every index is behind its table.
    Indexes,
    /// Writes a whole item.
    Put {
        table: String,
        key: String,
        item: Option<String>,
        #[arg(key)]
        n: Option<u8>,
        #[arg(key)]
        w: Option<u8>,
        #[arg(key)]
        context: Option<String>,
        #[arg(key = "if")]
        condition: Option<OnlyIf>,
        #[arg(key)]
        old: Option<bool>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Reads an item.
    Get {
        table: String,
        key: String,
        #[arg(key)]
        n: Option<u8>,
        #[arg(key)]
        r: Option<u8>,
        #[arg(key)]
        consistent: Option<bool>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Deletes an item.
    Delete {
        table: String,
        key: String,
        #[arg(key)]
        n: Option<u8>,
        #[arg(key)]
        w: Option<u8>,
        #[arg(key)]
        context: Option<String>,
        #[arg(key = "if")]
        condition: Option<OnlyIf>,
        #[arg(key)]
        old: Option<bool>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Changes attributes of an item, by an expression with literals in it.
    Update {
        table: String,
        key: String,
        update: String,
        #[arg(key = "if")]
        condition: Option<OnlyIf>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Reads items with one partition key, in order: by a key condition with literals in it.
    Query {
        table: String,
        condition: String,
        #[arg(key)]
        index: Option<String>,
        #[arg(key)]
        filter: Option<String>,
        #[arg(key)]
        project: Option<String>,
        #[arg(key)]
        limit: Option<u32>,
        #[arg(key)]
        reverse: Option<bool>,
        #[arg(key)]
        consistent: Option<bool>,
        #[arg(key)]
        after: Option<String>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Reads all items of a table, round the ring.
    Scan {
        table: String,
        #[arg(key)]
        index: Option<String>,
        #[arg(key)]
        filter: Option<String>,
        #[arg(key)]
        project: Option<String>,
        #[arg(key)]
        limit: Option<u32>,
        #[arg(key)]
        consistent: Option<bool>,
        #[arg(key)]
        segment: Option<Segment>,
        /// As it was then.
        #[arg(key)]
        at: Option<Duration>,
        #[arg(key)]
        after: Option<String>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// A request as the session log writes it that no other line says.
    Ask {
        request: String,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Sends a request of DynamoDB's API, in JSON.
    Call {
        operation: String,
        input: Option<String>,
    },
    /// A table, or a change of one, as a session log wrote it.
    Schema(String),
    Crash(Vec<NodeId>),
    Restart(Vec<NodeId>),
    /// They take nothing in until they are resumed.
    Pause(Vec<NodeId>),
    Resume(Vec<NodeId>),
    /// They lose their disks.
    Wipe(Vec<NodeId>),
    /// Adds a span to each message and sync of a node.
    Slow {
        node: NodeId,
        by: Duration,
    },
    /// Sets a node's clock: how far it is ahead, and what it gains, in microseconds a second.
    Clock {
        node: NodeId,
        #[arg(key)]
        skew: Option<Skew>,
        #[arg(key)]
        drift: Option<i32>,
    },
    /// Cuts nodes off from others, or from all others.
    Split {
        nodes: Vec<NodeId>,
        #[arg(key)]
        from: Option<NodeNames>,
        #[arg(key)]
        oneway: Option<bool>,
    },
    /// Makes the link between two nodes, or every link, lose, delay or double messages.
    Link {
        one: Option<NodeId>,
        other: Option<NodeId>,
        #[arg(key)]
        latency: Option<Duration>,
        #[arg(key)]
        loss: Option<u8>,
        #[arg(key)]
        duplicate: Option<u8>,
        #[arg(key)]
        oneway: Option<bool>,
    },
    /// Ends all splits and faults of links.
    Heal,
    /// A message under way is lost.
    Drop(MessageId),
    /// A message under way takes this much longer.
    Delay {
        message: MessageId,
        by: Duration,
    },
    /// A message under way arrives twice.
    Duplicate(MessageId),
    /// A node joins.
    Add {
        node: Option<NodeId>,
        #[arg(key)]
        weight: Option<Weight>,
    },
    /// A node gives everything away and leaves.
    Remove(NodeId),
    /// A new node takes the place of one that is dead.
    Replace {
        node: NodeId,
        #[arg(key)]
        by: Option<NodeId>,
    },
    /// A node is to own more, or less.
    Weigh {
        node: NodeId,
        weight: Weight,
    },
    /// Every node gets more vnodes, or fewer.
    Vnodes(u16),
    /// The token range that ends at a token goes to another node.
    Move {
        token: Token,
        #[arg(key)]
        to: NodeId,
    },
    /// The token range that ends at a token is cut, and its first part goes to a node.
    Cut {
        token: Token,
        #[arg(key)]
        at: Token,
        #[arg(key)]
        to: NodeId,
    },
    /// Gives up the change of the topology that is under way.
    Cancel,
    /// Who owns what, what is changing, and who knows of it.
    Topology,
    /// What the load balancer sees, what it did, and why.
    Balancer,
    /// Schedules a line for an instant.
    At {
        instant: Duration,
        line: String,
    },
    /// Schedules a line for the end of a span that begins now.
    In {
        span: Duration,
        line: String,
    },
    /// Lets requests come by themselves, or stops them.
    Workload {
        term: Option<Term>,
        which: Option<WorkloadId>,
        #[arg(key)]
        rate: Option<u32>,
        #[arg(key)]
        reads: Option<u8>,
        #[arg(key)]
        items: Option<u32>,
        #[arg(key)]
        keys: Option<KeyPattern>,
        #[arg(key)]
        exponent: Option<Exponent>,
        #[arg(key)]
        hot: Option<HotSet>,
        #[arg(key)]
        size: Option<u32>,
        #[arg(key)]
        table: Option<String>,
        #[arg(key)]
        clients: Option<u8>,
    },
    /// The workloads that go on, and what came of all requests of late.
    Workloads,
    /// Changes a running cluster.
    Set {
        #[arg(key)]
        r: Option<u8>,
        #[arg(key)]
        w: Option<u8>,
        #[arg(key)]
        network: Option<NetworkPreset>,
        #[arg(key)]
        routing: Option<Routing>,
        #[arg(key)]
        quorum: Option<QuorumMode>,
        #[arg(key)]
        handoff: Option<Switch>,
        #[arg(key)]
        repair: Option<ReadRepair>,
        #[arg(key)]
        timestamps: Option<Timestamps>,
        #[arg(key)]
        gossip: Option<Interval>,
        #[arg(key)]
        anti_entropy: Option<Interval>,
        #[arg(key)]
        collection: Option<Switch>,
        #[arg(key)]
        balancer: Option<Policy>,
    },
    /// Lets virtual time pass: until idle, for a span, until an instant, or
    /// until the trace has this many events.
    Run {
        span: Option<Duration>,
        #[arg(key)]
        until: Option<Duration>,
        #[arg(key)]
        after: Option<u64>,
    },
    /// Lets this many things happen.
    Step(Option<u64>),
    /// What every owner has of an item.
    Replicas {
        table: String,
        key: String,
    },
    /// An item's position, and the walk to its owners.
    Locate {
        table: String,
        key: String,
    },
    /// How every node is doing.
    Nodes,
    /// The network in force, what is wrong with it, and what is scheduled.
    Network,
    /// Every message under way.
    Messages,
    /// Every node's share of the ring, and how even they are.
    Ring,
    /// What a line that changes who owns what would do.
    Plan(String),
    /// How evenly three placements share the load, with as much metadata.
    Placements,
    /// What nodes keep for owners that could not take it.
    Hints,
    /// Whom every node takes for dead.
    Views,
    /// Messages and bytes sent so far.
    Traffic,
    /// The digests of trace and state.
    Digest,
    Snapshot(String),
    /// Takes snapshots by a schedule of virtual time; `off` ends it.
    Snapshots {
        switch: Option<String>,
        #[arg(key)]
        every: Option<Duration>,
        #[arg(key)]
        keep: Option<u8>,
    },
    /// The world from a snapshot; with `as=`, a new table from a backup, or, with `at=`, as another
    /// one was then.
    Restore {
        name: String,
        #[arg(key = "as")]
        table: Option<String>,
        #[arg(key)]
        at: Option<Duration>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// Makes a backup of a table. `backup drop NAME` drops one.
    Backup {
        table: String,
        which: Option<String>,
        #[arg(key = "as")]
        name: Option<String>,
        #[arg(key)]
        wait: Option<bool>,
    },
    /// All backups, and what can be restored.
    Backups,
    /// Whether a table keeps what it was, `on` or `off`, and for how many days.
    Pitr {
        table: String,
        switch: String,
        #[arg(key)]
        days: Option<u8>,
    },
    /// Back to just before the last event; so many times.
    Back(Option<u64>),
    /// Forward until there is another event; so many times.
    Forward(Option<u64>),
    /// To an instant, the `start` or the `end` of the branch, just after an event, or to a mark.
    Goto {
        place: Option<String>,
        #[arg(key)]
        event: Option<u64>,
        #[arg(key)]
        mark: Option<String>,
    },
    /// Back to before the last line that did something.
    Undo,
    /// Sets a mark at the cursor.
    Mark(String),
    /// All branches.
    Branches,
    /// Changes over to another branch, or gives the present one another name.
    Branch {
        name: Option<String>,
        #[arg(key)]
        rename: Option<String>,
    },
    /// What differs between two branches, in data and in trace.
    Compare {
        one: String,
        other: String,
    },
    /// Forgets a branch.
    Discard(String),
    /// Which events are shown: `on`, `off` (answers only), or `all` (gossip and the like as well).
    Trace(String),
}
