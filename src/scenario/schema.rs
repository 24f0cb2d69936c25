//! What keys there are, what they mean and what is allowed: read off the types that decode them.

/// What a key takes.
pub enum Kind {
    /// One value, and what is allowed.
    Value(String),
    /// A list, or a list of named tables.
    List(Box<Kind>),
    /// A table whose keys are names the user chose.
    Named(Box<Kind>),
    /// A table with its meaning and fields; told when asked for, as tables hold tables.
    Table(&'static str, fn() -> Vec<Field>),
}

/// A key of a table.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Meaning and unit.
    pub meaning: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// It must be there.
    pub required: bool,
}

/// What is known of a key.
pub struct Known {
    /// Meaning and unit, of the nearest key that has one.
    pub meaning: String,
    /// What it takes.
    pub kind: Kind,
    /// It must be there.
    pub required: bool,
}

impl Kind {
    /// What is allowed, in words.
    pub fn allowed(&self) -> String {
        match self {
            Kind::Value(allowed) => allowed.clone(),
            Kind::List(of) => match &**of {
                Kind::Table(..) => "a list of tables".to_owned(),
                other => format!("a list, each {}", other.allowed()),
            },
            Kind::Named(of) => format!("a table of names, each {}", of.allowed()),
            Kind::Table(_, fields) => {
                let names: Vec<&str> = fields().iter().map(|field| field.name).collect();
                format!("a table of {}", names.join(", "))
            }
        }
    }
}

/// What is known of the key at a path below `kind`; `None` where there is no such key.
pub fn find(kind: Kind, path: &[&str]) -> Option<Known> {
    let meaning = match &kind {
        Kind::Table(meaning, _) => (*meaning).trim().to_owned(),
        _ => String::new(),
    };
    walk(Known { meaning, kind, required: true }, path)
}

fn walk(at: Known, path: &[&str]) -> Option<Known> {
    let [part, below @ ..] = path else { return Some(at) };
    let next = match at.kind {
        Kind::Value(_) => return None,
        // The part is the name or position of a member.
        Kind::List(of) | Kind::Named(of) => Known { kind: *of, ..at },
        Kind::Table(_, fields) => {
            let field = fields().into_iter().find(|field| field.name == *part)?;
            Known { meaning: field.meaning.trim().to_owned(), kind: field.kind, required: field.required }
        }
    };
    walk(next, below)
}
