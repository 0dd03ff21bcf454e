//! `ringscope campaign`: many seeded, faulted runs over all cores.

use std::cell::Cell;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::lab::{Bounds, Plan, Tally, Violation, run, shrink, to_scenario};
use crate::sim::NetworkPreset;

/// What to run.
#[derive(Args, Clone)]
pub struct Options {
    /// Which seeds, such as 0..1000: the last one not included
    #[arg(long, value_parser = seeds)]
    seeds: Range<u64>,
    /// Requests in each run
    #[arg(long, default_value_t = Bounds::default().ops)]
    ops: u32,
    /// Faults in each run, at least
    #[arg(long, default_value_t = Bounds::default().faults)]
    faults: u32,
    /// In how many of a hundred runs the topology changes
    #[arg(long, default_value_t = Bounds::default().changes, value_parser = clap::value_parser!(u8).range(0..=100))]
    changes: u8,
    /// In how many of a hundred runs the table keeps its past and is restored, where the last writer
    /// wins
    #[arg(long, default_value_t = Bounds::default().backups, value_parser = clap::value_parser!(u8).range(0..=100))]
    backups: u8,
    /// In how many of a hundred runs the table has indexes, where the last writer wins
    #[arg(long, default_value_t = Bounds::default().indexes, value_parser = clap::value_parser!(u8).range(0..=100))]
    indexes: u8,
    /// In how many of a hundred runs items expire, of those that can have it
    #[arg(long, default_value_t = Bounds::default().expiry, value_parser = clap::value_parser!(u8).range(0..=100))]
    expiry: u8,
    /// In how many of a hundred runs items have sort keys, where the last writer wins
    #[arg(long, default_value_t = Bounds::default().collections, value_parser = clap::value_parser!(u8).range(0..=100))]
    collections: u8,
    /// Nodes; drawn for each seed if it is not given, as is everything that follows
    #[arg(long, value_parser = clap::value_parser!(u16).range(2..=50))]
    nodes: Option<u16>,
    /// Replicas of each item
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=16))]
    n: Option<u8>,
    /// Votes that a read needs
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=16))]
    r: Option<u8>,
    /// Votes that a write needs
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=16))]
    w: Option<u8>,
    /// ideal, lan, wan, lnkd-ssd, lnkd-disk or ymmr
    #[arg(long)]
    network: Option<NetworkPreset>,
    /// Threads; as many as there are cores if it is not given
    #[arg(long)]
    jobs: Option<usize>,
    /// Where scenario files of failing seeds go
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let ends = text.split_once("..").and_then(|(a, b)| Some(a.parse().ok()?..b.parse().ok()?));
    ends.filter(|seeds: &Range<u64>| !seeds.is_empty())
        .ok_or_else(|| "give the first and, after two dots, the end: 0..1000".to_owned())
}

impl Options {
    fn bounds(&self) -> Bounds {
        let Self { ops, faults, changes, indexes, expiry, collections, backups, .. } = *self;
        let Self { nodes, n, r, w, network, .. } = *self;
        Bounds {
            ops,
            faults,
            changes,
            indexes,
            expiry,
            collections,
            backups,
            nodes,
            n,
            r,
            w,
            network,
        }
    }

    /// The line that runs this one seed again.
    fn line(&self, seed: u64) -> String {
        let default = Bounds::default();
        let mut line = format!("ringscope campaign --seeds {seed}..{}", seed + 1);
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                line += &format!(" --{name} {value}");
            }
        };
        add("ops", (self.ops != default.ops).then(|| self.ops.to_string()));
        add("faults", (self.faults != default.faults).then(|| self.faults.to_string()));
        let shares = [
            ("changes", self.changes, default.changes),
            ("indexes", self.indexes, default.indexes),
            ("expiry", self.expiry, default.expiry),
            ("collections", self.collections, default.collections),
        ];
        for (name, share, usual) in shares {
            add(name, (share != usual).then(|| share.to_string()));
        }
        add("nodes", self.nodes.map(|nodes| nodes.to_string()));
        add("n", self.n.map(|n| n.to_string()));
        add("r", self.r.map(|r| r.to_string()));
        add("w", self.w.map(|w| w.to_string()));
        add("network", self.network.map(|network| network.to_string()));
        line
    }
}

/// What several threads find.
struct Campaign<'a> {
    options: &'a Options,
    next: AtomicU64,
    found: Mutex<(Tally, Vec<(u64, Violation)>)>,
    bar: ProgressBar,
}

thread_local! {
    /// The seed that this thread runs.
    static SEED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Lets a panic say which seed it was: a build that aborts on panics has nobody else to tell.
fn name_seeds_that_panic(options: &Options) {
    let (options, usual) = (options.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if let Some(seed) = SEED.get() {
            eprintln!("{}    # panics", options.line(seed));
        }
        usual(panic);
    }));
}

/// How many failing seeds are shrunk: the others are likely to be the same.
const SHRUNK: usize = 20;

#[expect(clippy::disallowed_types, reason = "how fast it goes is a matter of real time")]
pub fn campaign(options: &Options) -> ExitCode {
    let begin = std::time::Instant::now();
    name_seeds_that_panic(options);
    let Range { start, end } = options.seeds;
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let jobs = options.jobs.unwrap_or(cores).max(1);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} left");
    let bar = ProgressBar::new(end - start).with_style(style.expect("the template is right"));
    let found = Mutex::default();
    let campaign = Campaign { options, next: AtomicU64::new(start), found, bar };
    std::thread::scope(|scope| {
        (0..jobs).for_each(|_| drop(scope.spawn(|| campaign.work())));
    });
    campaign.bar.finish_and_clear();
    let seconds = begin.elapsed().as_secs_f64();
    let (tally, mut failures) = campaign.found.into_inner().expect("no thread panicked");
    failures.sort_by_key(|(seed, _)| *seed);
    print_coverage(&tally);
    let per_minute = tally.runs() as f64 / seconds * 60.0;
    println!(
        "{} runs, {} failed; {per_minute:.0} runs per minute, {:.0} on each of {jobs} threads",
        tally.runs(),
        failures.len(),
        per_minute / jobs as f64
    );
    for (at, (seed, violation)) in failures.iter().enumerate() {
        println!("{}    # {violation}", options.line(*seed));
        if at < SHRUNK {
            write_scenario(options, *seed, violation);
        }
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Campaign<'_> {
    fn work(&self) {
        let bounds = self.options.bounds();
        let mut tally = Tally::default();
        let mut failures = Vec::new();
        loop {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.options.seeds.end {
                break;
            }
            SEED.set(Some(seed));
            let outcome = run(&Plan::of_seed(seed, &bounds));
            tally.add(outcome.coverage);
            if let Err(violation) = outcome.verdict {
                self.bar.println(format!("{}    # {violation}", self.options.line(seed)));
                failures.push((seed, violation));
            }
            self.bar.inc(1);
        }
        let mut found = self.found.lock().expect("no thread panicked");
        found.0.join(&tally);
        found.1.extend(failures);
    }
}

fn print_coverage(tally: &Tally) {
    for (had, count) in tally.sorted() {
        println!("{:6.1} % {had}", count as f64 * 100.0 / tally.runs() as f64);
    }
    let rare = tally.rare();
    if !rare.is_empty() {
        let names: Vec<String> = rare.iter().map(ToString::to_string).collect();
        println!("in less than 1 % of the runs: {}", names.join(", "));
    }
}

/// Shrinks a failing seed and writes it down.
fn write_scenario(options: &Options, seed: u64, violation: &Violation) {
    let plan = shrink(&Plan::of_seed(seed, &options.bounds()), violation);
    let violation = run(&plan).verdict.err();
    let scenario = format!("# {}\n{}", options.line(seed), to_scenario(&plan, violation.as_ref()));
    let path = options.out.join(format!("seed-{seed}"));
    let written =
        std::fs::create_dir_all(&options.out).and_then(|()| std::fs::write(&path, scenario));
    match written {
        Ok(()) => println!("  shrunk to {} steps: {}", plan.steps.len(), path.display()),
        Err(error) => eprintln!("ringscope: cannot write {}: {error}", path.display()),
    }
}
