//! What requests look like: the words in which [`inputs`](super::inputs) describes each one.

/// The type of a value in a request.
pub(super) enum Shape {
    Text,
    Flag,
    Integer,
    Long,
    /// An instant: seconds since 1970, with decimals.
    Moment,
    Blob,
    List(&'static Shape),
    /// A JSON object with names of the client's own.
    Map(&'static Shape),
    Struct(&'static Structure),
}

/// A JSON object with names of DynamoDB's. Others are ignored.
pub(super) struct Structure {
    pub name: &'static str,
    pub fields: &'static [Field],
}

pub(super) struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub rules: &'static [Rule],
}

/// What a value has to fulfil, beyond its type.
pub(super) enum Rule {
    /// As [`Rule::NotNull`], but it comes before all others, and alone.
    Present,
    /// As the lengths of names, but it comes before all others, and alone.
    NameLength,
    NotNull,
    Least(i64),
    Most(i64),
    Shortest(usize),
    Longest(usize),
    /// The characters of names.
    Pattern,
    OneOf(&'static [&'static str]),
    /// Of a map: all its names.
    Keys(&'static [Rule]),
    /// Of a map: all its values.
    Values(&'static [Rule]),
}

pub(super) const fn field(name: &'static str, shape: Shape, rules: &'static [Rule]) -> Field {
    Field { name, shape, rules }
}

impl Shape {
    /// The name of its class in messages.
    pub fn class(&self) -> String {
        match self {
            Self::Text => "java.lang.String".to_owned(),
            Self::Flag => "java.lang.Boolean".to_owned(),
            Self::Integer => "java.lang.Integer".to_owned(),
            Self::Long => "java.lang.Long".to_owned(),
            Self::Moment => "java.util.Date".to_owned(),
            Self::Blob => "java.nio.ByteBuffer".to_owned(),
            Self::List(inner) => format!("java.util.List<{}>", inner.class()),
            Self::Map(inner) => format!("java.util.Map<java.lang.String, {}>", inner.class()),
            Self::Struct(structure) => {
                format!("com.amazonaws.dynamodb.v20120810.{}", structure.name)
            }
        }
    }

    /// What stands before it there.
    pub fn class_word(&self) -> &'static str {
        match self {
            Self::List(_) | Self::Map(_) => "",
            _ => "class ",
        }
    }
}
