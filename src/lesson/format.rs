//! From the text of a lesson to what is in it, or to what is wrong with it, line by line.

use std::fmt;

use super::{Condition, Goal, Pattern, Sight};
use crate::base::Result;
use crate::scenario::{Line, parse};

/// A lesson.
#[derive(Clone, Debug, Default)]
pub struct Lesson {
    pub title: String,
    /// Where it is explained at length: paper and section.
    pub source: String,
    pub setup: Vec<String>,
    pub blocks: Vec<Block>,
    pub goals: Vec<Goal>,
    pub solution: Vec<String>,
}

/// What a reader sees, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Heading(String),
    /// A paragraph or a list, in Markdown.
    Prose(String),
    Predict(Question),
    /// Lines that can be carried out.
    Try(Vec<String>),
    /// The goal with this number.
    Goal(usize),
}

/// A question before the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub words: String,
    /// Each answer, and whether it is right: one of them is.
    pub answers: Vec<(String, bool)>,
    pub why: String,
}

/// What is wrong with a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// A line of the file with its number.
type Numbered<'a> = (usize, &'a str);

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> std::result::Result<Self, Vec<Mistake>> {
        let mut reading = Reading::default();
        let mut lines = (1..).zip(text.lines());
        while let Some((number, line)) = lines.next() {
            match line.strip_prefix("```") {
                Some(kind) => {
                    let mut body = Vec::new();
                    let mut closed = false;
                    for (number, line) in lines.by_ref() {
                        closed = line.trim_end() == "```";
                        if closed {
                            break;
                        }
                        body.push((number, line));
                    }
                    if !closed {
                        reading.refuse(number, "this block is never closed: end it with ```");
                    }
                    reading.block((number, kind.trim()), &body);
                }
                None => reading.prose((number, line)),
            }
        }
        reading.finish()
    }
}

#[derive(Default)]
struct Reading {
    lesson: Lesson,
    mistakes: Vec<Mistake>,
    paragraph: String,
}

impl Reading {
    fn refuse(&mut self, line: usize, what: impl Into<String>) {
        self.mistakes.push(Mistake { line, what: what.into() });
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.is_empty() {
            self.lesson.blocks.push(Block::Prose(paragraph));
        }
    }

    fn prose(&mut self, (number, line): Numbered<'_>) {
        let line = line.trim_end();
        if has_html(line) {
            self.refuse(
                number,
                "HTML is not known here: put it between backticks, or leave it out",
            );
        }
        if let Some(title) = line.strip_prefix("# ") {
            match self.lesson.title.is_empty() {
                true => self.lesson.title = title.trim().to_owned(),
                false => self.refuse(number, "a lesson has one title: begin sections with ##"),
            }
        } else if let Some(source) = line.strip_prefix("Source: ") {
            self.lesson.source = source.trim().to_owned();
        } else if let Some(heading) = line.strip_prefix("## ") {
            self.end_paragraph();
            self.lesson.blocks.push(Block::Heading(heading.trim().to_owned()));
        } else if line.is_empty() {
            self.end_paragraph();
        } else {
            if !self.paragraph.is_empty() {
                self.paragraph.push('\n');
            }
            self.paragraph += line;
        }
    }

    fn block(&mut self, (number, kind): Numbered<'_>, body: &[Numbered<'_>]) {
        self.end_paragraph();
        match kind {
            "setup" => {
                let lines = self.commands(body);
                self.lesson.setup.extend(lines);
            }
            "try" => {
                let lines = self.commands(body);
                self.lesson.blocks.push(Block::Try(lines));
            }
            "solution" => {
                let lines = self.commands(body);
                self.lesson.solution.extend(lines);
            }
            "predict" => self.predict(number, body),
            "goal" => self.goal(number, body),
            other => self.refuse(
                number,
                format!("{other:?} is no block: choose setup, predict, try, goal or solution"),
            ),
        }
    }

    /// Lines of the scenario language.
    fn commands(&mut self, body: &[Numbered<'_>]) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, line) in body {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match parse(line) {
                Ok(_) => lines.push(line.to_owned()),
                Err(error) => self.refuse(*number, error.message),
            }
        }
        lines
    }

    fn predict(&mut self, number: usize, body: &[Numbered<'_>]) {
        let mut question = Question::default();
        for (_, line) in body {
            let line = line.trim();
            if let Some(answer) = line.strip_prefix("(x) ") {
                question.answers.push((answer.to_owned(), true));
            } else if let Some(answer) = line.strip_prefix("( ) ") {
                question.answers.push((answer.to_owned(), false));
            } else if let Some(why) = line.strip_prefix("why: ") {
                question.why = why.to_owned();
            } else {
                let text = match (question.why.is_empty(), question.answers.last_mut()) {
                    (false, _) => &mut question.why,
                    (true, Some((answer, _))) => answer,
                    (true, None) => &mut question.words,
                };
                join(text, line);
            }
        }
        let right = question.answers.iter().filter(|(_, is_right)| *is_right).count();
        if question.words.is_empty() || question.answers.len() < 2 || right != 1 {
            self.refuse(
                number,
                "a question has words, at least two answers that begin with ( ), and one of them, the \
                 right one, with (x)",
            );
        }
        if question.why.is_empty() {
            self.refuse(
                number,
                "say why the right answer is right, in a line that begins with why:",
            );
        }
        self.lesson.blocks.push(Block::Predict(question));
    }

    fn goal(&mut self, number: usize, body: &[Numbered<'_>]) {
        let mut goal = Goal {
            line: number,
            words: String::new(),
            sights: Vec::new(),
            conditions: Vec::new(),
            spoils: Vec::new(),
            because: String::new(),
            instead: String::new(),
        };
        for (number, line) in body {
            if let Err(error) = goal.read(line.trim()) {
                self.refuse(*number, error.message);
            }
        }
        if goal.words.is_empty() {
            self.refuse(number, "the first line of a goal says in words what is to be reached");
        }
        if goal.sights.is_empty() && goal.conditions.is_empty() {
            self.refuse(number, "a goal needs something to check: see, hold or lack");
        }
        if goal.because.is_empty() {
            self.refuse(number, "say what decided it, in a line that begins with because:");
        }
        if !goal.spoils.is_empty() && goal.instead.is_empty() {
            self.refuse(
                number,
                "say what is wrong when it is spoiled, in a line that begins with instead:",
            );
        }
        self.lesson.blocks.push(Block::Goal(self.lesson.goals.len()));
        self.lesson.goals.push(goal);
    }

    fn finish(mut self) -> std::result::Result<Lesson, Vec<Mistake>> {
        self.end_paragraph();
        let lesson = &self.lesson;
        let lacks = [
            (
                lesson.title.is_empty(),
                "it has no title: begin it with a line such as: # Replication",
            ),
            (
                lesson.source.is_empty(),
                "say where it is explained at length, in a line that begins with Source:",
            ),
            (
                lesson.setup.is_empty(),
                "it has no setup: begin a block with ```setup that begins a cluster",
            ),
            (lesson.goals.is_empty(), "it has no goal: begin a block with ```goal"),
            (lesson.solution.is_empty(), "it has no solution: begin a block with ```solution"),
        ];
        let lacking = lacks.into_iter().filter(|(lacks, _)| *lacks);
        self.mistakes.extend(lacking.map(|(_, what)| Mistake { line: 1, what: what.to_owned() }));
        match self.mistakes.is_empty() {
            true => Ok(self.lesson),
            false => Err(self.mistakes),
        }
    }
}

impl Goal {
    fn read(&mut self, line: &str) -> Result<()> {
        if let Some(rest) = line.strip_prefix("see ") {
            self.sights.push(Sight::read(rest)?);
        } else if let Some(rest) = line.strip_prefix("spoil ") {
            self.spoils.push(Sight::read(rest)?);
        } else if let Some(rest) = line.strip_prefix("hold ") {
            self.conditions.push(Condition::read(rest, true)?);
        } else if let Some(rest) = line.strip_prefix("lack ") {
            self.conditions.push(Condition::read(rest, false)?);
        } else if let Some(rest) = line.strip_prefix("because: ") {
            self.because = rest.to_owned();
        } else if let Some(rest) = line.strip_prefix("instead: ") {
            self.instead = rest.to_owned();
        } else if !self.instead.is_empty() {
            join(&mut self.instead, line);
        } else if !self.because.is_empty() {
            join(&mut self.because, line);
        } else {
            join(&mut self.words, line);
        }
        Ok(())
    }
}

impl Sight {
    fn read(text: &str) -> Result<Self> {
        let (name, pattern) = halves(text)?;
        Ok(Self { name: name.to_owned(), pattern: Pattern::parse(pattern)? })
    }
}

impl Condition {
    fn read(text: &str, wanted: bool) -> Result<Self> {
        let (look, pattern) = halves(text)?;
        let (look, _): (Line, _) = parse(look)?;
        Ok(Self { look, pattern: Pattern::parse(pattern)?, wanted })
    }
}

fn halves(text: &str) -> Result<(&str, &str)> {
    text.split_once(" => ").map(|(one, other)| (one.trim(), other.trim())).ok_or_else(|| {
        crate::base::Error::invalid("an arrow is missing: see written => {r} client: written as *")
    })
}

fn join(text: &mut String, line: &str) {
    if !text.is_empty() && !line.is_empty() {
        text.push(' ');
    }
    *text += line;
}

/// Whether a line of prose has a tag in it, outside of backticks.
fn has_html(line: &str) -> bool {
    let outside = line.split('`').step_by(2);
    let begins = |text: &str| {
        let mut after = text.split('<').skip(1);
        after.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)))
    };
    outside.into_iter().any(begins)
}
