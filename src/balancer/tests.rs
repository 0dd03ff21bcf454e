//! Balancing of whole clusters.

use super::meter::part_of;
use super::*;
use crate::base::{Duration, NodeId, RandomStream, VirtualTime};
use crate::data::Key;
use crate::ring::{PreferenceLists, Ring, Token, Vnode, Weight, Zone};
use crate::storage::ItemKey;

const ALL_EQUAL: [Weight; 16] = [Weight::ONE; 16];

fn lists(zones: &[u8], vnodes: u32, n: usize) -> PreferenceLists {
    let zones = zones.iter().copied().map(Zone).collect();
    PreferenceLists::new(Ring::with_random_tokens(zones, vnodes), n)
}

fn key(seed: u64, rank: usize) -> ItemKey {
    let table = format!("Load{seed}").parse().unwrap();
    ItemKey::new(table, Key::from_text(&format!("k{rank}")).unwrap())
}

/// What the ranges bear if the item of rank k gets k^-exponent of all requests.
fn zipf(lists: &PreferenceLists, seed: u64, items: usize, exponent: f64) -> Vec<RangeLoad> {
    let ring = lists.ring();
    let mut loads = vec![RangeLoad::default(); ring.vnodes().len()];
    for rank in 1..=items {
        let key = key(seed, rank);
        let index = ring.successor(key.position);
        let part = part_of(ring.range(index), key.position);
        let reads = (libm::pow(rank as f64, -exponent) * 1e6) as u64;
        loads[index].parts[part] += Load { bytes: 100, reads, writes: reads / 30 };
        let heat = reads + reads / 30 * Load::WRITE_COST;
        if loads[index].heaviest.as_ref().is_none_or(|(_, most)| *most < heat) {
            loads[index].heaviest = Some((key, heat));
        }
    }
    loads
}

/// The ring after a change.
fn changed(lists: &PreferenceLists, change: Change) -> PreferenceLists {
    let mut vnodes = lists.ring().vnodes().to_vec();
    match change {
        Change::Move { token, to } => vnodes[lists.ring().successor(token)].node = to,
        Change::Split { at, to, .. } => vnodes.push(Vnode { token: at, node: to }),
    }
    PreferenceLists::new(Ring::new(vnodes, lists.ring().zones().to_vec()), lists.n())
}

fn aim(goal: OfMean) -> Aim<'static> {
    Aim { goal, bound: &[], closed: &[], is_fresh: &|_| false }
}

fn worst(trial: &Trial) -> OfMean {
    hottest(trial, &[]).unwrap().1
}

/// A change of any kind, possible or not.
fn any_change(trial: &Trial, stream: &mut RandomStream) -> Change {
    let mut below = |count: usize| stream.below(count as u64) as usize;
    let index = below(trial.vnodes().len());
    let token = trial.vnodes()[index].token;
    let to = trial.members().nth(below(trial.members().count())).unwrap();
    match trial.cut_at(index, 1 + below(PARTS - 1)) {
        Some(at) if below(3) == 0 => Change::Split { token, at, to },
        _ => Change::Move { token, to },
    }
}

#[test]
fn a_trial_foretells_the_preference_lists_of_the_changed_ring() {
    for seed in 0..60 {
        let mut stream = RandomStream::new(seed, "test");
        let nodes = 2 + stream.below(8);
        let zones: Vec<u8> = (0..nodes).map(|_| stream.below(1 + seed % 4) as u8).collect();
        let n = 1 + stream.below(nodes.min(5)) as usize;
        let mut lists = lists(&zones, 1 + stream.below(12) as u32, n);
        let mut trial =
            Trial::new(&lists, &zipf(&lists, seed, 300, 0.8), &ALL_EQUAL, Policy::Throughput);
        for _ in 0..20 {
            let change = any_change(&trial, &mut stream);
            let is_last = |token| {
                let node = lists.ring().vnodes()[lists.ring().successor(token)].node;
                lists.ring().vnodes().iter().filter(|vnode| vnode.node == node).count() == 1
            };
            let before = trial.clone();
            let Some(outcome) = trial.outcome(change) else { continue };
            if matches!(change, Change::Move { token, .. } if is_last(token)) {
                continue;
            }
            trial.apply(change);
            lists = changed(&lists, change);
            for (index, vnode) in lists.ring().vnodes().iter().enumerate() {
                assert_eq!(trial.vnodes()[index], *vnode);
                assert_eq!(trial.range(index).1, lists.of_range(index), "{change:?}");
            }
            for node in trial.members() {
                let foretold = outcome.heats.iter().find(|(concerned, _)| *concerned == node);
                let foretold = foretold.map_or(before.heat(node), |(_, heat)| *heat);
                assert_eq!(trial.heat(node), foretold, "{node} after {change:?}");
            }
            assert_eq!((trial.bears(), trial.bytes()), (before.bears(), before.bytes()));
        }
    }
}

/// Plans on a cluster of any shape, and checks what must be true of every plan.
fn check_plan(seed: u64) {
    let mut stream = RandomStream::new(seed, "test");
    let nodes = 3 + stream.below(8);
    let zones: Vec<u8> = (0..nodes).map(|node| (node % (1 + seed % 3)) as u8).collect();
    let lists = lists(&zones, 1 + stream.below(24) as u32, 1 + stream.below(3) as usize);
    let loads = zipf(&lists, seed, 500, stream.below(13) as f64 / 10.0);
    let weights: Vec<Weight> = (0..nodes).map(|_| Weight(5 + 5 * stream.below(3) as u16)).collect();
    let policy = [Policy::Storage, Policy::Throughput][(seed % 2) as usize];
    let before = Trial::new(&lists, &loads, &weights, policy);
    let closed = [NodeId(stream.below(nodes) as u16)];
    let fresh = lists.ring().vnodes()[0].token;
    let aim = Aim { closed: &closed, is_fresh: &|token| token == fresh, ..aim(REST) };
    let mut after = before.clone();
    let steps = plan(&mut after, &aim);
    assert!(worst(&after) <= worst(&before), "seed {seed}: a plan makes nothing worse");
    let mut trial = before.clone();
    for step in &steps {
        let outcome = trial.outcome(step.change).expect("every step displaces one owner at most");
        assert_eq!(outcome.bytes, step.bytes);
        assert!(
            outcome
                .heats
                .iter()
                .all(|(node, heat)| { *node != closed[0] || *heat <= trial.heat(closed[0]) })
        );
        let (Change::Move { token, .. } | Change::Split { token, .. }) = step.change;
        assert_ne!(token, fresh, "what was moved just now stays");
        trial.apply(step.change);
    }
    for node in after.members() {
        assert_eq!(trial.heat(node), after.heat(node), "the plan's steps lead where it says");
        let grew = after.heat(node) > before.heat(node);
        let bears = OfMean::of(after.heat(node), after.fair(node));
        assert!(!grew || bears <= REST.max(worst(&after)), "seed {seed}: {node} at {bears}");
    }
    assert!(trial.vnodes().iter().any(|vnode| vnode.node == closed[0]));
}

#[test]
fn plans_make_nothing_worse_and_leave_alone_what_they_must() {
    (0..120).for_each(check_plan);
}

#[test]
fn skewed_load_is_evened_out_with_few_bytes() {
    for (seed, policy) in [(0, Policy::Throughput), (1, Policy::Throughput), (18, Policy::Storage)]
    {
        let lists = lists(&[0; 10], 32, 3);
        let loads = zipf(&lists, seed, 2_000, 0.99);
        let mut trial = Trial::new(&lists, &loads, &ALL_EQUAL, policy);
        let before = worst(&trial);
        let steps = plan(&mut trial, &aim(REST));
        let bytes: u64 = steps.iter().map(|step| step.bytes).sum();
        assert!(before > BEGIN && worst(&trial) <= OfMean(REST.0 + 10), "{}", worst(&trial));
        let share = bytes * 100 / (3 * trial.bytes());
        assert!(share < 12, "{share} % were moved");
        assert!(plan(&mut trial, &aim(OfMean(REST.0 + 10))).is_empty(), "it is done");
    }
}

#[test]
fn a_heavier_node_is_to_bear_more() {
    let lists = lists(&[0; 5], 16, 2);
    let weights = [10, 10, 10, 10, 20].map(Weight);
    let mut trial = Trial::new(&lists, &zipf(&lists, 3, 1_000, 0.0), &weights, Policy::Throughput);
    plan(&mut trial, &aim(REST));
    let mean = trial.bears() / 5;
    assert!(trial.heat(NodeId(4)) > mean * 14 / 10, "E bears {} of {mean}", trial.heat(NodeId(4)));
    assert!(worst(&trial) <= BEGIN);
}

#[test]
fn a_range_that_is_hot_by_itself_is_split() {
    // Two nodes own everything alone: half of the ring each, and a quarter of that is all load.
    let zones = vec![Zone(0); 2];
    let vnodes = vec![
        Vnode { token: Token(1 << 126), node: NodeId(0) },
        Vnode { token: Token(1 << 127), node: NodeId(1) },
    ];
    let lists = PreferenceLists::new(Ring::new(vnodes, zones), 1);
    let mut loads = vec![RangeLoad::default(); 2];
    loads[1].parts = [Load { bytes: 10, reads: 1_000, writes: 0 }; PARTS];
    let mut trial = Trial::new(&lists, &loads, &ALL_EQUAL, Policy::Throughput);
    assert_eq!(worst(&trial), OfMean(2_000));
    let steps = plan(&mut trial, &aim(REST));
    let at = Token((1 << 126) + (1 << 125));
    let change = Change::Split { token: Token(1 << 127), at, to: NodeId(0) };
    assert_eq!(steps, [Step { change, from: NodeId(1), bore: OfMean(2_000), bytes: 40 }]);
    assert_eq!(worst(&trial), OfMean(1_000));
    assert_eq!(
        steps[0].to_string(),
        "splits token range 80000000… at 60000000…, what comes before goes to A: B at 2.0 × mean"
    );
}

/// What a balancer decides about the same loads, look after look, five seconds apart.
fn decisions(
    lists: &PreferenceLists,
    loads: &[RangeLoad],
    balancer: &mut Balancer,
    looks: u64,
) -> Vec<Decision> {
    let decide = |look: u64| {
        balancer.decide(&Picture {
            now: VirtualTime::ZERO + Duration::from_ms(5_000 * look),
            policy: Policy::Throughput,
            lists,
            loads,
            weights: &ALL_EQUAL,
            closed: &[],
        })
    };
    (0..looks).map(decide).collect()
}

#[test]
fn it_begins_above_one_line_and_rests_below_another() {
    // Two ranges, one owner each: what the two nodes bear is as the test has it.
    let vnodes = vec![
        Vnode { token: Token(0), node: NodeId(0) },
        Vnode { token: Token(1 << 127), node: NodeId(1) },
        Vnode { token: Token(1 << 126), node: NodeId(1) },
    ];
    let lists = PreferenceLists::new(Ring::new(vnodes, vec![Zone(0); 2]), 1);
    let with = |percent: u64| {
        let mut loads = vec![RangeLoad::default(); 3];
        loads[0].parts[0].reads = 10_000_000 * (200 - percent);
        (loads[1].parts[0].reads, loads[2].parts[0].reads) =
            (1_000_000 * percent, 9_000_000 * percent);
        loads
    };
    let mut balancer = Balancer::default();
    let mut reasons = |percent, looks| {
        let decisions = decisions(&lists, &with(percent), &mut balancer, looks);
        decisions.into_iter().map(|decision| decision.reason).collect::<Vec<_>>()
    };
    use Reason::{Acts, Even, Waits};
    assert_eq!(reasons(112, 3), [Even, Even, Even], "above the lower line, and never acted");
    assert_eq!(reasons(120, 2), [Waits, Waits]);
    assert_eq!(reasons(112, 1), [Even]);
    assert_eq!(reasons(120, 3), [Waits, Waits, Acts], "it has to last");
    assert_eq!(reasons(112, 1), [Acts], "above the lower line, and acting");
    assert_eq!(reasons(107, 1), [Even]);
    assert_eq!(reasons(112, 1), [Even], "and it rests again");
    assert_eq!(reasons(0, 1), [Waits]);
}

#[test]
fn what_was_moved_stays_for_a_minute() {
    let lists = lists(&[0; 6], 8, 2);
    let loads = zipf(&lists, 4, 500, 0.99);
    let mut balancer = Balancer::default();
    let first = decisions(&lists, &loads, &mut balancer, 3).pop().unwrap();
    let step = first.steps[0];
    let Change::Move { token, to } = step.change else { panic!("{step} is no move") };
    assert_eq!(
        step.to_string(),
        format!(
            "moves token range {:.8}… to {to}: {} at {}",
            token.to_string(),
            step.from,
            step.bore
        )
        .replace(" to ", &format!(" from {} to ", lists.at(token)[0]))
    );
    balancer.made(VirtualTime::ZERO, step.change);
    for (look, decision) in (0..13).zip(decisions(&lists, &loads, &mut balancer, 13)) {
        let again = decision
            .steps
            .iter()
            .any(|step| matches!(step.change, Change::Move { token: moved, .. } if moved == token));
        assert_eq!(again, look == 12, "look {look}");
    }
}

#[test]
fn a_hot_key_is_told_and_not_chased() {
    let lists = lists(&[0; 6], 16, 3);
    let mut loads = zipf(&lists, 5, 500, 0.2);
    let hot = key(5, 1);
    let heat: u64 = 4 * loads.iter().map(|load| load.total().reads).sum::<u64>();
    let range = lists.ring().successor(hot.position);
    loads[range].parts[part_of(lists.ring().range(range), hot.position)].reads += heat;
    loads[range].heaviest = Some((hot.clone(), heat));
    let decision = decisions(&lists, &loads, &mut Balancer::default(), 20).pop().unwrap();
    assert_eq!((decision.reason, decision.steps), (Reason::HotKey, vec![]));
    let [told] = &decision.hot_keys[..] else { panic!("{:?}", decision.hot_keys) };
    assert!((&told.key, told.binds) == (&hot, true) && told.owners == lists.at(hot.position));
    let [a, b, c] = told.owners[..] else { panic!("three owners") };
    assert_eq!(
        told.to_string(),
        format!(
            "{hot} is a hot key: it alone makes {a}, {b} and {c} bear {}, and would do the same \
             to any other owner",
            told.bears
        )
    );
}

#[test]
fn chance_alone_moves_nothing() {
    // Nothing but chance differs: all keys alike, on equal ranges, few requests per second.
    let vnodes = (0..40u128).map(|index| Vnode {
        token: Token(index * (u128::MAX / 40)),
        node: NodeId((index % 10) as u16),
    });
    let lists = PreferenceLists::new(Ring::new(vnodes.collect(), vec![Zone(0); 10]), 3);
    let ring = lists.ring();
    for rate in [5, 50, 500] {
        let mut stream = RandomStream::new(rate, "test");
        let mut meters = vec![Meter::new(VirtualTime::ZERO); 10];
        for (node, meter) in (0..10).map(NodeId).zip(&mut meters) {
            let own = (0..40).filter(|range| lists.of_range(*range).contains(&node));
            meter.own(VirtualTime::ZERO, own.map(|range| ring.range(range)));
        }
        let mut balancer = Balancer::default();
        for second in 0..300 {
            for number in 0..rate {
                let now = VirtualTime(second * 1_000_000 + number * 1_000_000 / rate);
                let key = key(0, stream.next_u64() as usize);
                let range = ring.successor(key.position);
                let place = Place { range: ring.range(range), key: &key };
                for owner in lists.of_range(range) {
                    meters[owner.index()].read(now, place, 100);
                }
            }
            let now = VirtualTime((second + 1) * 1_000_000);
            let mut reports = Reports::default();
            for (node, meter) in (0..10).map(NodeId).zip(&mut meters) {
                reports.merge(node, Report { at: now, ranges: meter.report(now) });
            }
            if second % 5 == 4 {
                let loads = reports.by_range(ring);
                let [decision] = &decisions(&lists, &loads, &mut balancer, 1)[..] else { panic!() };
                assert_ne!(decision.reason, Reason::Acts, "{rate} per second: {decision}");
            }
        }
    }
}
