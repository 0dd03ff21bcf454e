//! The scenario language: one line a command, for golden tests, files, the page's command bar and
//! the session log alike.
//!
//! ```text
//! cluster nodes=5 n=3 r=2 w=2 seed=7        a fresh cluster; what is left out has its default
//! cluster vnodes=8 placement=equal          ranges of one size; otherwise random tokens
//! table Airports iata                       a table and its partition key (default: id)
//! table Music artist song:S                 with a sort key; types S, N or B (S if there is none)
//! table Carts id resolve=siblings           a table that keeps concurrent writes
//! index Airports by-place 'state+country' city project=name   found by other attributes as well
//! index drop Airports by-place · indexes    an index goes · how far each is behind its table
//! expire Airports closes hide=true          items go at that second since 1970; or: expire Airports off
//! put Carts c1 '{}' context=last            replaces what this client read last
//! put Airports SEA '{"city":"Seattle"}'     runs until the client has its answer
//! put Airports SEA '{}' wait=false w=3      only begins the request, with its own W
//! put Airports SEA '{}' if='attribute_not_exists(city)'   also if=absent, if=last, if=VERSION
//! get Airports SEA consistent=true · delete Airports SEA old=true
//! put Music 'Acme/1999' '{}'                partition key, slash, sort key
//! update Airports SEA 'SET n = n + 1' if='n < 5'
//! query Music 'artist = "Acme" AND song > "B"' limit=10 reverse=true consistent=true index=NAME
//! scan Airports filter='state = "WA"' project='city, name' after=SEA segment=0/4
//! scan Airports index=by-place limit=9 after='Seattle+WA/132/SEA'   behind what the page ended with
//! call GetItem '{"TableName": …}'            any request of DynamoDB's API, and its response
//! crash B C · restart B
//! pause B · resume B · wipe B               a process that hangs · a disk that is lost
//! slow B 20ms · clock B skew=5s drift=200   a slow machine · a wrong clock
//! split A B from='C D' oneway=true          a network split; without from=, from all others
//! link A B latency=50ms loss=10 duplicate=5 a bad link; without nodes, every link
//! heal                                      ends all splits and bad links
//! drop m17 · delay m17 50ms · duplicate m17 one message under way: see messages
//! at 2s 'crash B' · in 50ms 'heal'          carried out then, if it makes sense then
//! set r=1 w=3 network=wan routing=token-aware
//! set quorum=sloppy handoff=on repair=blocking timestamps=hlc collection=off
//! set gossip=1s anti_entropy=off            how often, in the background
//! set balancer=throughput · balancer        evens load out; also storage, off · what it sees and did
//! workload 10s rate=200 reads=90 items=1000 keys=zipf exponent=0.99 size=100 table=Load clients=4
//! workload keys=hot-set hot=80/20 · workload stop · workload stop w2 · workloads
//! run · run 50ms · run until=2s · step 3    until idle · a span · an instant · happenings
//! replicas Airports SEA · locate Airports SEA · nodes · network · ring · digest
//! messages                                  what is under way, by the names that drop takes
//! plan 'add' · plan 'remove C'                what a change would move, before it is made
//! placements                                figure 8 of the Dynamo paper: how even, for how much
//! hints · views · traffic                   who keeps what for whom · who suspects whom
//! backup Music as=NAME · backup drop NAME · backups   a table as it is, outside of the cluster
//! restore NAME as=Music2                    a new table from a backup
//! pitr Music on days=7 · pitr Music off     keeps what it was, so that it can be restored to an instant
//! restore Music at=2s as=Music3 · scan Music at=2s   as it was then, in a new table · just to look
//! snapshot NAME · restore NAME              in the memory of the session
//! snapshots every=10s keep=5 · snapshots off · snapshots   by a schedule of virtual time · all
//! trace off · trace all · trace on          answers only · with gossip and the like · without
//! back · back 3 · forward · undo            one event · before the last line that did something
//! goto 2.5s · goto end · goto event=123     anywhere in the run; acting there begins a branch
//! mark before · goto mark=before            a place to come back to
//! branches · branch b2 · compare main b2    all · change over · what differs in data and trace
//! branch rename=without-b · discard b2
//! ```
//!
//! The syntax (quoting, comments, `!` for a line that must fail, `client2:` before a line for another
//! client) is that of the `goldenscript` crate. [`Line`] is what a line says, [`Session`] is a history
//! that is spoken to in lines, [`session_log`] turns a world's run back into lines.
//!
//! Must never know: the page, files.

mod arguments;
mod backup;
mod balancer;
mod call;
mod expressions;
mod faults;
mod index;
mod interpret;
mod keys;
mod line;
mod literals;
mod log;
mod logged;
mod mistakes;
mod modes;
mod pages;
mod parse;
mod quoted;
mod report;
mod ring;
mod schedule;
mod session;
mod topology;
mod travels;
mod workload;

pub use arguments::{NodeNames, OnlyIf, Segment, Term};
pub use interpret::{cluster_config, commands};
pub use keys::item_key;
pub use line::Line;
pub use log::{command_line, log_head, log_of, session_log};
pub use parse::parse;
pub use quoted::quoted;
pub use report::report;
pub use schedule::{Passing, Schedule, Scheduling, scheduled_name};
pub use session::{Session, let_time_pass};
pub use travels::{comparison, travel};
