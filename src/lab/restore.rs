//! The end of a run in which tables are restored: when all is at rest, the table is looked at as of an
//! instant and restored to it; then it is restored from a backup, to what it is. (A version whose clock
//! was ahead is in that backup: it is there.)

use super::check::Rows;
use super::run::Run;
use super::{Asking, Invariant, Violation};
use crate::base::{ClientId, Duration, VirtualTime};
use crate::causality::HybridTime;
use crate::data::TableName;
use crate::sim::{Archiving, Command, Source, World};

/// How long a restore may take.
const LONGEST: Duration = Duration::from_ms(60_000);
/// The name of the backup.
const NAME: &str = "rest";

impl Run<'_> {
    /// Compares what restores make with what is told of the past. The last thing in a run: the checker
    /// knows requests by their numbers, and does not hear of those that a restore makes.
    pub(super) fn check_restores(&mut self) -> Result<(), Violation> {
        let Some(share) = self.plan.restores_to.filter(|_| self.keeps_past()) else {
            return Ok(());
        };
        let (table, client) = (self.plan.schema().name, ClientId(0));
        let at = self.instant(share);
        self.look(share)?;
        if let Some(new) = self.restore(Source::Instant(table.clone(), at), "Then")? {
            let at = HybridTime::end_of(at.0);
            self.checker.judge_restored(at, &items_of(&self.world, &new))?;
        }
        let name = NAME.into();
        self.archive(Archiving::Back { client, table: table.clone(), name })?;
        let backup = self.world.backup(NAME).map(|backup| backup.id);
        let Some(backup) = backup else { return Ok(()) };
        let Some(new) = self.restore(Source::Backup(backup), "Now")? else { return Ok(()) };
        let had = items_of(&self.world, &table);
        self.checker.check_restored(had, items_of(&self.world, &new))
    }

    /// Whether the table keeps its past.
    pub(super) fn keeps_past(&self) -> bool {
        let table = self.world.table(&self.plan.schema().name);
        table.is_some_and(|schema| schema.recording.is_some())
    }

    /// An instant of the run, in thousandths of what has passed of it.
    pub(super) fn instant(&self, share: u16) -> VirtualTime {
        VirtualTime(self.world.now().0 / 1_000 * u64::from(share))
    }

    /// Asks for the whole table as of an instant.
    fn look(&mut self, share: u16) -> Result<(), Violation> {
        self.ask(ClientId(0), 0, Asking::Past { share });
        self.go_on_until(self.world.now() + Duration(3 * self.plan.config.timeout.0))
    }

    fn archive(&mut self, wanted: Archiving) -> Result<(), Violation> {
        let begun = self.world.apply(Command::Archive(wanted));
        begun.map_err(|error| self.fails(Invariant::RestoredIsWhatWas, error.message))?;
        let end = self.world.now() + LONGEST;
        while self.world.is_archiving() && self.world.now() < end && self.world.step() {}
        Ok(())
    }

    /// Restores to a new table of this name; none if too many answers came too late.
    fn restore(&mut self, from: Source, name: &str) -> Result<Option<TableName>, Violation> {
        let (client, table) = (ClientId(0), TableName::new(name).expect("letters"));
        let wanted = Archiving::Restore { client, from, name: table.clone(), schema: None };
        self.archive(wanted)?;
        Ok(self.world.table(&table).filter(|_| !self.world.is_archiving()).map(|_| table))
    }
}

/// Every item of a table, as its first owner that has any has it.
fn items_of<'w>(world: &'w World, table: &TableName) -> Rows<'w> {
    let mut found = Rows::new();
    for (_, key, held) in world.stored().filter(|(_, key, _)| key.table() == table) {
        let is_new = found.iter().all(|(other, _)| *other != key);
        let item = held.newest().item.as_ref().filter(|_| is_new);
        found.extend(item.map(|item| (key, item)));
    }
    found
}
