//! From nodes to programs: names and values are put in, and what DynamoDB refuses is refused.

use super::parse::{Node, Parser, What};
use super::path::{MAX_PARTS, Part, Path, listed};
use super::placeholders::Placeholders;
use super::program::{Comparator, Function, Step};
use super::reserved::is_reserved;
use super::token::Kind;
use super::value::order;
use crate::base::{Error, Result};
use crate::data::AttributeValue;

/// The most operators and functions of an expression, and the most operands of an `IN`
/// (Developer Guide, "Quotas", "Expression parameters").
const MAX_OPERATORS: usize = 300;
const MAX_IN_OPERANDS: u16 = 100;

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::invalid(message))
}

/// Checks what needs neither names nor values, in the order in which it is written: reserved
/// words, indexes, and functions.
pub(super) fn check_words(parser: &Parser<'_>, updates: bool) -> Result<()> {
    for node in &parser.mentioned {
        match node.what {
            What::Path(end) => check_path(parser, node.token, end)?,
            What::Call { operands, nested } => {
                check_function(parser.text_of(node.token), operands, nested, updates)?;
            }
            _ => unreachable!("only paths and functions are mentioned"),
        }
    }
    let operators = |node: &&Node| !matches!(node.what, What::Path(_) | What::Value);
    let operators = parser.nodes.iter().filter(operators).count();
    if operators > MAX_OPERATORS {
        return invalid(format!(
            "The expression contains too many operators; operator count: {operators}"
        ));
    }
    Ok(())
}

fn check_path(parser: &Parser<'_>, start: u16, end: u16) -> Result<()> {
    for token in start..end {
        let text = parser.text_of(token);
        match parser.kind_of(token) {
            Kind::Word if is_reserved(text) => {
                return invalid(format!(
                    "Attribute name is a reserved keyword; reserved keyword: {text}"
                ));
            }
            Kind::Index if text.parse::<i32>().is_err() => {
                return invalid(format!(
                    "List index is not within the allowable range; index: [{text}]"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_function(name: &str, operands: u16, nested: bool, updates: bool) -> Result<()> {
    let Some(function) = Function::named(name) else {
        return invalid(format!("Invalid function name; function: {name}"));
    };
    let place = match function.updates() {
        here if here != updates => {
            if updates {
                "in an update expression"
            } else {
                "in a condition expression"
            }
        }
        true if nested && function == Function::ListAppend => "",
        false if nested != function.is_operand() => "",
        _ if usize::from(operands) != function.operands() => {
            return invalid(format!(
                "Incorrect number of operands for operator or function; operator or function: \
                 {name}, number of operands: {operands}"
            ));
        }
        _ => return Ok(()),
    };
    let place = if place.is_empty() { "to be used this way in an expression" } else { place };
    invalid(format!("The function is not allowed {place}; function: {name}"))
}

/// Makes a path of its tokens.
pub(super) fn path(parser: &Parser<'_>, node: Node, names: &mut Placeholders) -> Result<Path> {
    let What::Path(end) = node.what else { unreachable!("asked for a path only") };
    let mut parts = Vec::new();
    for token in node.token..end {
        let text = parser.text_of(token);
        match parser.kind_of(token) {
            Kind::Word => parts.push(Part::Name(text.into())),
            Kind::Name => parts.push(Part::Name(names.name(text)?)),
            Kind::Index => {
                parts.push(Part::Index(text.parse().expect("its range has been checked")));
            }
            _ => {}
        }
    }
    if parts.len() > MAX_PARTS {
        return invalid(format!(
            "The document path has too many nesting levels; nesting levels: {}",
            parts.len()
        ));
    }
    Path::try_from(parts.into_boxed_slice())
}

/// Makes a program of nodes.
pub(super) fn program(
    parser: &Parser<'_>,
    nodes: &[Node],
    placeholders: &mut Placeholders,
) -> Result<Box<[Step]>> {
    let mut steps = Vec::with_capacity(nodes.len());
    // Where the operands begin that wait to be taken.
    let mut waiting: Vec<usize> = Vec::new();
    for node in nodes {
        let step = step(parser, *node, placeholders)?;
        let shape = step.shape();
        let left = waiting.len() - shape.operands;
        check_operands(&step, &Operands { steps: &steps, begin: &waiting[left..] })?;
        let begins = waiting.get(left).copied().unwrap_or(steps.len());
        waiting.truncate(left);
        if !shape.gives_truth {
            waiting.push(begins);
        }
        steps.push(step);
    }
    Ok(steps.into_boxed_slice())
}

fn step(parser: &Parser<'_>, node: Node, placeholders: &mut Placeholders) -> Result<Step> {
    Ok(match node.what {
        What::Path(_) => Step::Path(path(parser, node, placeholders)?),
        What::Value => Step::Value(placeholders.value(parser.text_of(node.token))?),
        What::Call { .. } => {
            let name = parser.text_of(node.token);
            Step::Call(Function::named(name).expect("the functions have been checked"))
        }
        What::Binary => match parser.kind_of(node.token) {
            Kind::Plus => Step::Plus,
            Kind::Minus => Step::Minus,
            Kind::Equal => Step::Compare(Comparator::Equal),
            Kind::NotEqual => Step::Compare(Comparator::NotEqual),
            Kind::Less => Step::Compare(Comparator::Less),
            Kind::LessOrEqual => Step::Compare(Comparator::LessOrEqual),
            Kind::Greater => Step::Compare(Comparator::Greater),
            _ => Step::Compare(Comparator::GreaterOrEqual),
        },
        What::Between => Step::Between,
        What::In(operands) if operands > MAX_IN_OPERANDS => {
            return invalid(format!(
                "The IN operator is provided with too many operands; number of operands: {operands}"
            ));
        }
        What::In(operands) => Step::In(operands.into()),
        What::And => Step::And,
        What::Or => Step::Or,
        What::Not => Step::Not,
    })
}

/// The operands of a step: the steps so far, and where each operand begins in them.
struct Operands<'a> {
    steps: &'a [Step],
    begin: &'a [usize],
}

impl Operands<'_> {
    /// The steps of an operand.
    fn get(&self, at: usize) -> &[Step] {
        let end = self.begin.get(at + 1).copied().unwrap_or(self.steps.len());
        &self.steps[self.begin[at]..end]
    }

    /// The path that an operand is.
    fn path(&self, at: usize) -> Option<&Path> {
        match self.get(at) {
            [Step::Path(path)] => Some(path),
            _ => None,
        }
    }

    /// The value that an operand is.
    fn value(&self, at: usize) -> Option<&AttributeValue> {
        match self.get(at) {
            [Step::Value(value)] => Some(value),
            _ => None,
        }
    }

    /// The type of an operand, as far as it depends on no item.
    fn type_descriptor(&self, at: usize) -> Option<&'static str> {
        match self.get(at).last() {
            Some(Step::Value(value)) => Some(value.type_descriptor()),
            Some(Step::Call(Function::Size)) => Some("N"),
            _ => None,
        }
    }

    /// Refuses operands that are of a known type, and of none of these.
    fn check_types(&self, operator: &str, allowed: &[&str]) -> Result<()> {
        let types = (0..self.begin.len()).filter_map(|at| self.type_descriptor(at));
        match types.into_iter().find(|found| !allowed.contains(found)) {
            Some(found) => wrong_type(operator, found),
            None => Ok(()),
        }
    }

    /// Refuses a path that is compared with itself.
    fn check_distinct(&self, operator: &str) -> Result<()> {
        let Some(first) = self.path(0) else { return Ok(()) };
        if (1..self.begin.len()).any(|at| self.path(at) == Some(first)) {
            return invalid(format!(
                "The first operand must be distinct from the remaining operands for this operator \
                 or function; operator: {operator}, first operand: {}",
                listed(first)
            ));
        }
        Ok(())
    }
}

fn wrong_type<T>(operator: &str, found: &str) -> Result<T> {
    invalid(format!(
        "Incorrect operand type for operator or function; operator or function: {operator}, \
         operand type: {found}"
    ))
}

fn check_operands(step: &Step, operands: &Operands<'_>) -> Result<()> {
    match step {
        Step::Call(function) => check_arguments(*function, operands),
        Step::Compare(comparator) => {
            operands.check_distinct(comparator.text())?;
            match comparator {
                Comparator::Equal | Comparator::NotEqual => Ok(()),
                _ => operands.check_types(comparator.text(), &["S", "N", "B"]),
            }
        }
        Step::Between => {
            operands.check_distinct("BETWEEN")?;
            operands.check_types("BETWEEN", &["S", "N", "B"])?;
            match (operands.value(1), operands.value(2)) {
                (Some(lower), Some(upper)) => check_bounds(lower, upper),
                _ => Ok(()),
            }
        }
        Step::In(_) => operands.check_distinct("IN"),
        Step::Plus => operands.check_types("+", &["N"]),
        Step::Minus => operands.check_types("-", &["N"]),
        Step::Path(_) | Step::Value(_) | Step::And | Step::Or | Step::Not => Ok(()),
    }
}

fn check_arguments(function: Function, operands: &Operands<'_>) -> Result<()> {
    use Function::{AttributeExists, AttributeNotExists, AttributeType, IfNotExists};
    let name = function.name();
    let needs_path =
        matches!(function, AttributeExists | AttributeNotExists | AttributeType | IfNotExists);
    if needs_path && operands.path(0).is_none() {
        return invalid(format!(
            "Operator or function requires a document path; operator or function: {name}"
        ));
    }
    if function != Function::ListAppend {
        operands.check_distinct(name)?;
    }
    match function {
        Function::Size => operands.check_types(name, &["S", "B", "SS", "NS", "BS", "L", "M"]),
        Function::BeginsWith => operands.check_types(name, &["S", "B"]),
        Function::ListAppend => operands.check_types(name, &["L"]),
        AttributeType => match operands.value(1) {
            Some(AttributeValue::S(text)) if is_type(text) => Ok(()),
            Some(AttributeValue::S(text)) => invalid(format!(
                "Invalid attribute type name found; type: {text}, valid types: \
                 {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
            )),
            _ => {
                let any = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";
                wrong_type(name, operands.type_descriptor(1).unwrap_or(any))
            }
        },
        _ => Ok(()),
    }
}

fn is_type(text: &str) -> bool {
    matches!(text, "B" | "NULL" | "SS" | "BOOL" | "L" | "BS" | "N" | "NS" | "S" | "M")
}

/// Refuses bounds between which nothing can be.
pub(super) fn check_bounds(lower: &AttributeValue, upper: &AttributeValue) -> Result<()> {
    let wish = match order(lower, upper) {
        None => "same data type for lower and upper bounds",
        Some(order) if order.is_gt() => "upper bound to be greater than or equal to lower bound",
        Some(_) => return Ok(()),
    };
    invalid(format!(
        "The BETWEEN operator requires {wish}; lower bound operand: AttributeValue: {}, upper \
         bound operand: AttributeValue: {}",
        described(lower),
        described(upper)
    ))
}

/// A value as DynamoDB's errors write it.
fn described(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => format!("{{S:{text}}}"),
        AttributeValue::N(number) => format!("{{N:{number}}}"),
        AttributeValue::B(bytes) => {
            let length = bytes.len();
            format!("{{B:java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]}}")
        }
        other => other.to_dynamodb_json(),
    }
}
