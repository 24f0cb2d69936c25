//! Designs: which combinations of values are simulated.

/// How points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// Every combination.
    Grid,
    /// Every value of every key, the others as the scenario has them.
    OneAtATime,
    /// Two samples of this many rows from a scrambled Sobol sequence, and one more for each key: what sensitivity indices
    /// need.
    Sobol(u32),
}

impl std::str::FromStr for Design {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "--design {text}: allowed are grid, one-at-a-time and sobol:N with N rows, such as sobol:64"
            )
        };
        match text.split_once(':') {
            None if text == "grid" => Ok(Design::Grid),
            None if text == "one-at-a-time" => Ok(Design::OneAtATime),
            Some(("sobol", rows)) => rows.parse().map(Design::Sobol).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

/// Most points of a plan.
pub const POINTS_MAX: usize = 100_000;
/// Fewest and most rows of a Sobol design: fewer say nothing, more the sequence does not have.
pub const ROWS: std::ops::RangeInclusive<u32> = 8..=65_536;
/// Most keys of a Sobol design: half the dimensions of the sequence.
pub const KEYS_MAX: usize = 128;

/// The value of each key by position; `None`: as the scenario has it.
pub type Levels = Vec<Option<usize>>;

/// A row of a Sobol design: positions in [`Plan::points`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Of the first sample.
    pub a: usize,
    /// Of the second sample.
    pub b: usize,
    /// By key: the first sample's row with that key from the second.
    pub mixed: Vec<usize>,
}

/// The points to simulate, each once.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Points in the order they are simulated.
    pub points: Vec<Levels>,
    /// Rows of a Sobol design.
    pub rows: Vec<Row>,
}

impl Plan {
    /// Plans a design over keys with `counts` values each.
    ///
    /// # Errors
    /// When there are too many points or keys; says how to mend it.
    pub fn new(design: Design, counts: &[usize], seed: u64) -> Result<Plan, String> {
        let points = match design {
            Design::Grid => counts.iter().fold(1.0, |product, count| product * *count as f64),
            Design::OneAtATime => counts.iter().sum::<usize>() as f64,
            Design::Sobol(rows) => f64::from(rows) * (counts.len() as f64 + 2.0),
        };
        if points > POINTS_MAX as f64 {
            return Err(format!(
                "the design has {points:.0} points; at most {POINTS_MAX} are allowed: vary fewer values, or use --design one-at-a-time or sobol:N"
            ));
        }
        match design {
            Design::Grid => Ok(Plan { points: grid(counts), rows: Vec::new() }),
            Design::OneAtATime => Ok(Plan { points: one_at_a_time(counts), rows: Vec::new() }),
            Design::Sobol(rows) if !ROWS.contains(&rows) => Err(format!(
                "sobol:{rows}: the number of rows is from {} to {}, best a power of 2",
                ROWS.start(),
                ROWS.end()
            )),
            Design::Sobol(_) if counts.len() > KEYS_MAX => {
                Err(format!("a Sobol design takes at most {KEYS_MAX} keys, not {}", counts.len()))
            }
            Design::Sobol(rows) => Ok(sobol(rows, counts, seed)),
        }
    }
}

fn grid(counts: &[usize]) -> Vec<Levels> {
    let mut points = vec![Levels::new()];
    for count in counts {
        points = points
            .into_iter()
            .flat_map(|point| {
                (0..*count).map(move |level| point.iter().copied().chain([Some(level)]).collect())
            })
            .collect();
    }
    points
}

fn one_at_a_time(counts: &[usize]) -> Vec<Levels> {
    let point = |key: usize, level: usize| {
        let mut levels = vec![None; counts.len()];
        levels[key] = Some(level);
        levels
    };
    counts
        .iter()
        .enumerate()
        .flat_map(|(key, count)| (0..*count).map(move |level| point(key, level)))
        .collect()
}

fn sobol(rows: u32, counts: &[usize], seed: u64) -> Plan {
    let keys = counts.len();
    let scramble = (seed ^ (seed >> 32)) as u32;
    let level = |row: u32, dimension: usize, count: usize| {
        let place = f64::from(sobol_burley::sample(row, dimension as u32, scramble)) * count as f64;
        (place as usize).min(count - 1)
    };
    let mut plan = Plan::default();
    let mut known = std::collections::BTreeMap::new();
    for row in 0..rows {
        let sample = |half: usize| -> Levels {
            (0..keys).map(|key| Some(level(row, half * keys + key, counts[key]))).collect()
        };
        let (first, second) = (sample(0), sample(1));
        let mut add = |levels: Levels| {
            *known.entry(levels.clone()).or_insert_with(|| {
                plan.points.push(levels);
                plan.points.len() - 1
            })
        };
        let (a, b) = (add(first.clone()), add(second.clone()));
        let mixed = (0..keys)
            .map(|key| {
                let mut levels = first.clone();
                levels[key] = second[key];
                add(levels)
            })
            .collect();
        plan.rows.push(Row { a, b, mixed });
    }
    plan
}
