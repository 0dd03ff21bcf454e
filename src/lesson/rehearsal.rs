//! A lesson carried out by itself: its reference solution reaches every goal, and a run without it
//! reaches none that needs the reader.

use super::{Lesson, Standing, Watch};
use crate::base::{Error, Result};
use crate::scenario::{Session, parse};
use crate::travel::History;

/// What came of carrying a lesson out.
#[derive(Debug)]
pub struct Rehearsal {
    /// What was printed.
    pub output: String,
    pub watch: Watch,
}

impl Rehearsal {
    /// Each goal with what is said of it, one line each.
    pub fn told(&self) -> String {
        let line = |(goal, standing): (&super::Goal, &Standing)| match standing {
            Standing::Open => format!("☐ {}\n", goal.words),
            Standing::Reached(events) => {
                let seen = goal.sights.iter().map(|sight| &sight.name).zip(events);
                let because = seen.fold(goal.because.clone(), |words, (name, event)| {
                    words.replace(&format!("{{{name}}}"), &format!("event {}", event.0))
                });
                format!("☑ {}\n  {because}\n", goal.words)
            }
            Standing::Spoiled(spoil, event) => {
                let name = format!("{{{}}}", goal.spoils[*spoil].name);
                let instead = goal.instead.replace(&name, &format!("event {}", event.0));
                format!("☒ {}\n  {instead}\n", goal.words)
            }
        };
        self.watch.standings().map(line).collect()
    }
}

/// Carries out the setup of a lesson and then these lines, watching its goals.
///
/// # Errors
/// If a line makes no sense then: which one, and why.
pub fn rehearse<'a>(
    lesson: &Lesson,
    lines: impl IntoIterator<Item = &'a str>,
) -> Result<Rehearsal> {
    let mut session = Session::default();
    let mut output = String::new();
    for line in &lesson.setup {
        say(&mut session, line)?;
    }
    let mut watch = Watch::new(lesson.goals.clone(), history(&session)?);
    watch.look(history(&session)?);
    for line in lines {
        output += &format!("> {line}\n{}", say(&mut session, line)?);
        watch.look(history(&session)?);
    }
    Ok(Rehearsal { output, watch })
}

fn say(session: &mut Session, line: &str) -> Result<String> {
    let said = parse(line).and_then(|(line, client)| session.execute(&line, client));
    said.map_err(|error| Error { message: format!("{line}: {}", error.message), ..error })
}

fn history(session: &Session) -> Result<&History> {
    session.history().ok_or_else(|| Error::invalid("its setup begins no cluster"))
}
