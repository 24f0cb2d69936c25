//! Every parameter of a scenario moves some output: one that moves nothing is a defect.
//!
//! Parameters are found mechanically: a resolved scenario is walked leaf by leaf along the schema, each leaf is set to
//! another valid value by itself (with its counterpart where values must add up), and runs before and after are compared.
//! Four scenarios are walked, as a plan replaces marketing, lines replace loans and offers replace the number of rivals; a
//! parameter has to act in one of them.

mod knobs {
    pub mod perturb;
    pub mod schema;
    pub mod situation;
    pub mod walk;
}

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use knobs::perturb::{same, turns};
use knobs::schema::{Schema, member, present};
use knobs::situation::{Effect, Situation, read, request};
use knobs::walk::{Knob, knobs as walk};
use lendcycle::engine::{RunResult, Setup, Workspace, simulate_run};
use lendcycle::scenario::{Loaded, load_whole};
use rayon::prelude::*;

const BASE: &str = "../scenarios/base/consumer_credit.toml";

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::read);
static SITUATIONS: LazyLock<[Situation; 4]> = LazyLock::new(|| {
    ["scenarios/knobs.toml", "knobs/planned.toml", "knobs/lines.toml", "knobs/competition.toml"]
        .map(|file| Situation::new(file, &SCHEMA))
});

/// Fields that are not turned, with the reason.
const EXCUSED: &[(&str, &str, &str)] = &[
    ("Scenario", "schema", "1 is the only version there is"),
    ("Scenario", "name", "a label of results"),
    ("Scenario", "description", "a label of results"),
    ("Segment", "name", "identifies the segment: other keys refer to it"),
    ("Segment", "name_zh", "a label of results"),
    ("Channel", "name", "identifies the channel: other keys refer to it"),
    ("Channel", "name_zh", "a label of results"),
    ("Product", "name", "identifies the product: other keys refer to it"),
    ("Product", "name_zh", "a label of results"),
    ("Regulation", "apr_all_in_cap", "a limit to what is offered: it refuses scenarios and moves none"),
    ("Regulation", "prepayment_fee_cap", "a limit to what is offered: it refuses scenarios and moves none"),
    ("DayTier", "name", "names the tier in key paths, messages and tiers.csv"),
    ("Incumbent", "name", "names the rival in key paths and messages"),
    ("Tier", "name", "names the tier in key paths and messages"),
    ("Region", "name", "identifies the region: other keys refer to it"),
    ("Promotion", "name", "names the promotion in key paths and messages"),
    ("Policy", "name", "names the policy in key paths and messages"),
    ("Later", "from", "made of overlays with `from`, which are tested below"),
];

/// Keys that have one valid value only, with the reason.
const FIXED: &[(&str, &str)] = &[
    ("economy.lpr.0.month", "the path of the LPR starts in month 0"),
    ("capital.available.0.month", "the path of equity starts in month 0"),
    ("segment.family.region", "nobody else lives in its region, which must have somebody"),
    ("sale.price.0.months", "prices start in the month of charge-off"),
    ("policy.shut.close", "the only policy that closes, and [closing] needs one"),
    ("collections.tier.early.days_from", "the first tier starts on the first day past due"),
    ("collections.first_month.messages.days_from", "the first tier starts on the first day past due"),
    ("collections.first_month.calls.days_to", "the last tier ends on the last day of the month"),
    ("policy.watch_quality.when.0.is", "its reset lies below the threshold"),
    ("policy.young_loans.when.0.metric", "no other figure has months on book"),
];

fn excused(knob: &Knob) -> bool {
    EXCUSED.iter().any(|(table, field, _)| knob.place() == (*table, *field))
}

/// Parameters that are turned, by situation.
fn turned() -> Vec<(&'static Situation, &'static Knob)> {
    let knobs_of = |situation: &'static Situation| situation.knobs.iter().map(move |knob| (situation, knob));
    SITUATIONS.iter().flat_map(knobs_of).filter(|(_, knob)| !excused(knob)).collect()
}

#[test]
fn every_parameter_moves_some_output() {
    let turned = turned();
    let mut by_key: BTreeMap<String, Vec<(&Situation, &Knob)>> = BTreeMap::new();
    for (situation, knob) in &turned {
        by_key.entry(knob.key()).or_default().push((situation, knob));
    }
    let mut idle: Vec<String> = by_key
        .par_iter()
        .filter(|(key, _)| !FIXED.iter().any(|(fixed, _)| fixed == key))
        .filter_map(|(key, places)| {
            let mut effects = Vec::new();
            for (situation, knob) in places {
                match situation.turn(knob, &SCHEMA) {
                    Effect::Moved(_) => return None,
                    effect => effects.push(format!("{}: {effect:?}", situation.file)),
                }
            }
            Some(format!("{key}\n  {}", effects.join("\n  ")))
        })
        .collect();
    idle.sort();
    assert!(
        idle.is_empty(),
        "{} of {} parameters move nothing:\n{}",
        idle.len(),
        by_key.len(),
        idle.join("\n")
    );
}

#[test]
fn every_field_of_the_schema_is_turned_or_excused() {
    let turned: BTreeSet<(&str, &str)> = turned().iter().map(|(_, knob)| knob.place()).collect();
    let excused: BTreeSet<(&str, &str)> = EXCUSED.iter().map(|(table, field, _)| (*table, *field)).collect();
    // A field that holds tables has no value of its own; its tables are in the schema themselves.
    let fields =
        SCHEMA.tables.iter().flat_map(|(table, fields)| fields.iter().map(move |field| (table, field)));
    let holds_values: BTreeSet<(&str, &str)> = fields
        .filter(|(_, (_, of))| {
            let of = present(of);
            !SCHEMA.tables.contains_key(member(of).unwrap_or(of))
        })
        .map(|(table, (field, _))| (table.as_str(), field.as_str()))
        .collect();
    let covered: BTreeSet<(&str, &str)> = turned.union(&excused).copied().collect();
    let missing: Vec<_> = holds_values.difference(&covered).collect();
    assert!(missing.is_empty(), "give these a value in tests/scenarios/knobs.toml: {missing:?}");
    let stale: Vec<_> = excused.difference(&holds_values).collect();
    assert!(stale.is_empty(), "excuses for fields that are not there: {stale:?}");
    assert!(turned.is_disjoint(&excused), "a field is turned and excused");
}

#[test]
fn every_parameter_of_the_base_scenario_is_turned() {
    let base = read(BASE, &[]).expect("the base scenario is valid");
    let known: BTreeSet<String> =
        SITUATIONS.iter().flat_map(|situation| &situation.knobs).map(Knob::key).collect();
    let missing: Vec<String> =
        walk(&base, &SCHEMA).iter().map(Knob::key).filter(|key| !known.contains(key)).collect();
    assert!(missing.is_empty(), "tests/scenarios/knobs.toml drops these: {missing:?}");
}

#[test]
fn every_word_of_a_choice_moves_some_output() {
    for (choice, words) in &SCHEMA.choices {
        for word in words {
            let chosen = turned().into_iter().filter(|(_, knob)| knob.of == *choice && knob.text() != *word);
            let moves = |(situation, knob): (&Situation, &Knob)| {
                situation.moves(&[format!("{}=\"{word}\"", knob.key())]) == Some(true)
            };
            assert!(chosen.into_iter().any(moves), "{choice}: {word:?} moves nothing");
        }
    }
}

#[test]
fn keys_with_one_valid_value_have_no_other() {
    for (key, reason) in FIXED {
        for (situation, knob) in turned().into_iter().filter(|(_, knob)| knob.key() == *key) {
            assert_eq!(
                situation.turn(knob, &SCHEMA),
                Effect::Fixed,
                "{key} can be turned; it was excused as {reason}"
            );
        }
    }
}

#[test]
fn parameters_set_to_their_own_values_move_nothing() {
    for situation in SITUATIONS.iter() {
        let settings: Vec<String> = situation.knobs.iter().map(|knob| same(knob, &SCHEMA)).collect();
        assert_eq!(situation.moves(&settings), Some(false), "{}", situation.file);
    }
}

#[test]
fn labels_move_nothing() {
    let labels = [
        "name=\"x\"",
        "segment.youth.name_zh=\"x\"",
        "policy.push.name=\"x\"",
        "collections.tier.negotiation.name=\"x\"",
    ];
    for label in labels {
        assert_eq!(SITUATIONS[0].moves(&[label.to_owned()]), Some(false), "{label}");
    }
}

/// Month from which parameters are turned.
const TURNED_FROM: u32 = 24;

/// What a change from a month on does to a run: nothing before it; whether it does something after.
fn change(before: &RunResult, after: &RunResult) -> bool {
    for month in 0..TURNED_FROM as usize {
        assert_eq!(before.stages_online[month], after.stages_online[month], "label of month {month}");
        assert!(before.month(month) == after.month(month), "month {month} differs");
    }
    before.months != after.months || before.vintages != after.vintages
}

/// Every parameter that may change from a month on does so without a trace before it, and every month of every run proves its
/// ledger. Terms that contracts were made under, and what is drawn once, are refused.
#[test]
fn parameters_changed_from_a_month_on_leave_what_was_before() {
    let loaded: Vec<Loaded> = SITUATIONS
        .iter()
        .map(|situation| load_whole(&request(situation.file, &[])).expect("valid"))
        .collect();
    let turned = turned();
    let outcomes: Vec<(String, Option<bool>)> = turned
        .par_iter()
        .map(|(situation, knob)| {
            let at = SITUATIONS.iter().position(|other| other.file == situation.file).expect("a situation");
            let allowed = turns(knob, &situation.knobs, &SCHEMA).into_iter().find_map(|turn| {
                let settings = request(situation.file, &turn).settings;
                loaded[at].with(&settings).ok()?;
                loaded[at].changed_from(TURNED_FROM, &settings).ok()
            });
            let moved = allowed.map(|loaded| {
                let setup = Setup::new(&loaded.scenario);
                let mut workspace = Workspace::default();
                let runs = situation.results.iter().take(3);
                runs.fold(false, |moved, before| {
                    moved | change(before, &simulate_run(&setup, before.run, &mut workspace))
                })
            });
            (knob.key(), moved)
        })
        .collect();
    let keys = |wanted: Option<bool>| -> BTreeSet<&str> {
        outcomes.iter().filter(|(_, moved)| *moved == wanted).map(|(key, _)| key.as_str()).collect()
    };
    let (moved, still, refused) = (keys(Some(true)), keys(Some(false)), keys(None));
    for key in [
        "run.seed",
        "lifecycle.window",
        "product.business.payment_months",
        "competition.brand",
        "market.rivals_max",
    ] {
        assert!(refused.contains(key) && !moved.contains(key), "{key} is refused");
    }
    for key in [
        "segment.youth.cutoff_new",
        "product.emergency.apr",
        "delinquency.score_slope",
        "servicing.fixed_cost",
    ] {
        assert!(moved.contains(key), "{key} moves what comes after");
    }
    // What is left is about months before the change: steps, windows, limits that do not bind yet.
    let idle: Vec<&&str> = still.difference(&moved).filter(|key| !refused.contains(*key)).collect();
    println!("{} keys moved, {} refused, {} idle: {idle:?}", moved.len(), refused.len(), idle.len());
    assert!(moved.len() >= 500 && idle.len() <= 90, "{} moved, {} idle", moved.len(), idle.len());
}
