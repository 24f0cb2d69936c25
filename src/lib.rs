//! lendcycle simulates the life of a personal-credit product by Monte Carlo: growth (增长期), plateau (瓶颈期), decline
//! (衰退期) and exit (退出期). Business grows at once while risk shows months later; what a bank does in each stage decides
//! the profit of the whole life.
//!
//! Modules in reading order, which is the order of the flow:
//!
//! | module | holds |
//! |---|---|
//! | [`scenario`] | TOML files: read, overlaid, checked; all problems at once |
//! | [`model`] | the business as pure functions, one file per process |
//! | [`random`] | draws keyed by (seed, run, who, month, process) |
//! | [`policy`] | rules as data, and the levers they set |
//! | [`engine`] | a resolved setup, one run month by month, many runs in parallel |
//! | [`ledger`] | chart of accounts, entries, trial balance |
//! | [`lifecycle`] | the stage classifier, metrics, profit by stage |
//! | [`attribution`] | what each part of a change does |
//! | [`precision`] | runs until a figure is known well enough |
//! | [`sweep`] | designs over keys, effects, sensitivity |
//! | [`stats`] | means with standard errors, ratios of sums, quantiles |
//! | [`output`] | tables, files, the result directory, the stage table |
//! | [`cli`] | arguments in, exit code out |
//!
//! Below them all stand [`money`], [`rate`], [`time`] and [`math`].
//!
//! ```
//! use lendcycle::engine::{Setup, Workspace, simulate_run};
//! use lendcycle::ledger::Flow;
//! use lendcycle::scenario::{Request, Setting, load};
//!
//! let request = Request {
//!     path: "scenarios/base/consumer_credit.toml".into(),
//!     settings: vec![Setting { what: "--set", text: "run.months=24".to_owned() }],
//! };
//! let scenario = load(&request).expect("the shipped scenario has no problems");
//! let setup = Setup::new(&scenario);
//! let result = simulate_run(&setup, 0, &mut Workspace::default());
//! assert_eq!(result.stages.len(), 24);
//! assert!(result.total(Flow::OriginatedNew) > 0);
//! ```

pub mod attribution;
pub mod cli;
pub mod engine;
pub mod ledger;
pub mod lifecycle;
pub mod math;
pub mod model;
pub mod money;
pub mod output;
pub mod paired;
pub mod policy;
pub mod precision;
pub mod random;
pub mod rate;
pub mod scenario;
pub mod stats;
pub mod sweep;
pub mod time;
