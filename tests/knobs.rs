//! Every parameter of a scenario moves some output: one that moves nothing is a defect.
//!
//! Parameters are found mechanically: a resolved scenario is walked leaf by leaf along the schema, each leaf is set to
//! another valid value by itself (with its counterpart where values must add up), and runs before and after are compared.
//! Two scenarios are walked, as a plan replaces marketing; a parameter has to act in one of them.

mod knobs {
    pub mod perturb;
    pub mod schema;
    pub mod situation;
    pub mod walk;
}

use std::collections::BTreeSet;
use std::sync::LazyLock;

use knobs::schema::Schema;
use knobs::situation::{Effect, Situation, read};
use knobs::walk::{Knob, knobs as walk};
use rayon::prelude::*;

const BASE: &str = "../scenarios/base/consumer_credit.toml";

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::read);
static SITUATIONS: LazyLock<[Situation; 2]> =
    LazyLock::new(|| ["scenarios/knobs.toml", "knobs/planned.toml"].map(|file| Situation::new(file, &SCHEMA)));

/// Fields without an effect on results, or with one that cannot be seen by turning them.
const EXCUSED: [(&str, &str, &str); 10] = [
    ("Scenario", "schema", "1 is the only version there is"),
    ("Scenario", "name", "a label of results"),
    ("Scenario", "description", "a label of results"),
    ("Segment", "name", "identifies the segment: other keys refer to it"),
    ("Segment", "name_zh", "a label of results"),
    ("Channel", "name", "identifies the channel: other keys refer to it"),
    ("Channel", "name_zh", "a label of results"),
    ("Product", "name", "identifies the product: other keys refer to it"),
    ("Product", "name_zh", "a label of results"),
    ("Tier", "name", "names the tier in key paths and messages"),
];
