//! Macros that define tables and choices of the scenario format.

/// Defines a table of the scenario: a struct whose fields are keys. Fields with `Option` may be absent, all others are
/// required; a key that is not a field is a problem.
macro_rules! table {
    ($(#[doc = $doc:literal])* pub struct $name:ident {
        $($(#[doc = $field_doc:literal])* $field:ident : $type:ty,)*
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, serde::Serialize)]
        pub struct $name { $($(#[doc = $field_doc])* pub $field: $type,)* }

        impl $crate::scenario::decode::Decode for $name {
            fn decode(
                node: &$crate::scenario::node::Node,
                reader: &mut $crate::scenario::decode::Reader,
            ) -> Option<Self> {
                let $crate::scenario::node::Value::Table(table) = &node.value else {
                    reader.wrong(node, "a table");
                    return None;
                };
                $crate::scenario::decode::refuse_unknown(table, &[$(stringify!($field)),*], reader);
                let mut missing = Vec::new();
                $(let $field =
                    $crate::scenario::decode::field(table, stringify!($field), &mut missing, reader);)*
                reader.missing(&node.span, &missing);
                Some($name { $($field: $field?,)* })
            }

            fn kind() -> $crate::scenario::schema::Kind {
                $crate::scenario::schema::Kind::Table(concat!($($doc),*), || {
                    vec![$($crate::scenario::schema::Field {
                        name: stringify!($field),
                        meaning: concat!($($field_doc),*),
                        kind: <$type as $crate::scenario::decode::Decode>::kind(),
                        required: <$type as $crate::scenario::decode::Decode>::absent().is_none(),
                    },)*]
                })
            }
        }
    };
}
pub(crate) use table;

/// Defines a choice among words.
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        pub enum $name { $($(#[$case_doc])* #[serde(rename = $word)] $case,)* }

        impl $crate::scenario::decode::Decode for $name {
            fn decode(
                node: &$crate::scenario::node::Node,
                reader: &mut $crate::scenario::decode::Reader,
            ) -> Option<Self> {
                let word = match &node.value {
                    $crate::scenario::node::Value::String(word) => word.as_str(),
                    _ => "",
                };
                match word {
                    $($word => Some($name::$case),)*
                    _ => {
                        let near = $crate::scenario::decode::nearest(word, [$($word),*].into_iter());
                        let help = near.map(|near| format!("did you mean {near:?}?"));
                        reader.wrong_with_help(node, concat!("one of", $(" \"", $word, "\""),*), help);
                        None
                    }
                }
            }

            fn kind() -> $crate::scenario::schema::Kind {
                $crate::scenario::schema::Kind::Value(concat!("one of", $(" \"", $word, "\""),*).to_owned())
            }
        }
    };
}
pub(crate) use choice;
