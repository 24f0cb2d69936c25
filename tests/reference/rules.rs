//! Policies in force: every month the whole past is read again, from the rows of all months so far.

use lendcycle::engine::{MonthMetric, VINTAGE_AGES, VintageMetric};
use lendcycle::ledger::{Account, Flow};
use lendcycle::lifecycle::stage::Stage;
use lendcycle::policy::Firing;
use lendcycle::scenario::tables::{Over, Policy, Side, StageName, Watched, When};

use super::world::World;

/// What is on record when a month begins.
pub struct Past<'a> {
    pub rows: &'a [Vec<i64>],
    /// The same of each cell alone, where a condition asks for it: by month, then cell.
    pub cells: &'a [Vec<CellRow>],
    pub vintages: &'a [i64],
    /// Online labels at the ends of months.
    pub stages: &'a [Stage],
}

/// What is on record of a cell at the end of a month.
#[derive(Default)]
pub struct CellRow {
    pub row: Vec<i64>,
    /// By months on book: loans of the vintage that old, and those ever more than 30 days past due.
    pub ever_30: Vec<(i64, i64)>,
}

/// Channels that are open in a month: of those that policies launch, the ones that one of them has launched by then.
pub fn open<'a>(world: &World<'a>, past: &Past<'_>, month: u32) -> Vec<&'a str> {
    let policies = || world.scenario.policy.iter().flatten();
    let names =
        |policy: &Policy, channel: &String| policy.launch.iter().flatten().any(|name| name == channel);
    let launched = |policy: &Policy| {
        let lag = policy.lag.map_or(0, |lag| lag.0 as u32);
        episodes(world, past, policy, month).iter().any(|episode| episode.fired + lag <= month)
    };
    let is_open = |channel: &String| {
        let mut by = policies().filter(|policy| names(policy, channel)).peekable();
        by.peek().is_none() || by.any(launched)
    };
    let channels = world.scenario.channel.iter().map(|channel| &channel.name);
    channels.filter(|channel| is_open(channel)).map(String::as_str).collect()
}

/// A policy from firing to end, both months; no end when it is in force still.
pub struct Episode {
    pub fired: u32,
    pub ended: Option<u32>,
}

/// Policies in force in a month, with the share of their full effect.
pub fn in_force<'a>(world: &World<'a>, past: &Past<'_>, month: u32) -> Vec<(&'a Policy, f64)> {
    let share = |policy: &'a Policy| {
        let last = episodes(world, past, policy, month).pop()?;
        let begins = last.fired + policy.lag.map_or(0, |lag| lag.0 as u32);
        if last.ended.is_some() || month < begins {
            return None;
        }
        let ramp = policy.ramp.map_or(1, |ramp| ramp.0) as f64;
        Some((policy, f64::min(f64::from(month - begins + 1) / ramp, 1.0)))
    };
    world.scenario.policy.iter().flatten().filter_map(share).collect()
}

/// What policies cost in a month, fen.
pub fn cost(world: &World<'_>, past: &Past<'_>, month: u32) -> i64 {
    let of = |policy: &Policy| {
        let fired = episodes(world, past, policy, month).iter().any(|episode| episode.fired == month);
        let once = policy.cost.filter(|_| fired).map_or(0, |amount| amount.0.0);
        let monthly = policy.monthly_cost.map_or(0, |amount| amount.0.0);
        let running = in_force(world, past, month).iter().any(|(other, _)| other.name == policy.name);
        once + if running { monthly } else { 0 }
    };
    world.scenario.policy.iter().flatten().map(of).sum()
}

/// What fired in a whole run, by month, then in file order.
pub fn firings(world: &World<'_>, past: &Past<'_>) -> Vec<Firing> {
    let mut all = Vec::new();
    for (rule, policy) in world.scenario.policy.iter().flatten().enumerate() {
        let found = episodes(world, past, policy, world.months - 1).into_iter();
        all.extend(found.map(|e| Firing { rule: rule as u32, fired: e.fired, ended: e.ended }));
    }
    all.sort_by_key(|firing| (firing.fired, firing.rule));
    all
}

/// All episodes of a policy up to and with a month.
pub fn episodes(world: &World<'_>, past: &Past<'_>, policy: &Policy, month: u32) -> Vec<Episode> {
    let holding: Vec<bool> = (0..=month).map(|now| holds(world, past, policy, now)).collect();
    let lag = policy.lag.map_or(0, |months| months.0 as u32);
    let cooldown = policy.cooldown.map_or(0, |months| months.0 as u32);
    let mut found = Vec::new();
    let mut free_from = 0;
    while let Some(fired) = (free_from..=month).find(|now| holding[*now as usize]) {
        let begins = fired + lag;
        let end = match (policy.permanent, policy.duration) {
            (Some(true), _) => None,
            (_, Some(duration)) => Some(begins + duration.0 as u32),
            _ => (begins + 1..=month).find(|now| !holding[*now as usize]),
        };
        let ended = end.filter(|end| *end <= month);
        found.push(Episode { fired, ended });
        match ended {
            Some(end) => free_from = end + cooldown,
            None => break,
        }
    }
    found
}

/// Whether all conditions of a policy hold at the beginning of a month.
fn holds(world: &World<'_>, past: &Past<'_>, policy: &Policy, month: u32) -> bool {
    let rivals = match month {
        0 => world.scenario.market.rivals_initial.0,
        _ => u64::from(world.rivals[month as usize - 1]),
    };
    let stage = match month.checked_sub(1).map(|last| past.stages[last as usize]) {
        None | Some(Stage::Growth(_)) => StageName::Growth,
        Some(Stage::Plateau) => StageName::Plateau,
        Some(Stage::Decline) => StageName::Decline,
        Some(Stage::Exit | Stage::Closed) => StageName::Exit,
    };
    policy.from.is_none_or(|from| from.0 <= u64::from(month))
        && policy.to.is_none_or(|to| u64::from(month) <= to.0)
        && policy.rivals_min.is_none_or(|least| least.0 <= rivals)
        && policy.stages.as_ref().is_none_or(|stages| stages.contains(&stage))
        && policy.when.iter().flatten().all(|when| beyond(world, past, when, month))
}

/// Whether a condition on a figure holds at the beginning of a month: from the beginning on, as it may be held still.
fn beyond(world: &World<'_>, past: &Past<'_>, when: &When, month: u32) -> bool {
    let threshold = when.threshold.f64();
    let reset = when.reset.map_or(threshold, |reset| reset.f64());
    let window = when.months.map_or(1, |months| months.0 as u32);
    let mut held = false;
    for now in 0..=month {
        let border = if held { reset } else { threshold };
        let is_beyond = |figure: f64| match when.is {
            Side::Above => figure > border,
            Side::Below => figure < border,
        };
        let figures: Option<Vec<f64>> = match now.checked_sub(window) {
            Some(first) => (first..now).map(|seen| in_targets(world, past, when, seen)).collect(),
            None => None,
        };
        held = figures.is_some_and(|figures| match when.over {
            None | Some(Over::Consecutive) => figures.iter().all(|figure| is_beyond(*figure)),
            Some(Over::Mean) => is_beyond(figures.iter().sum::<f64>() / f64::from(window)),
            Some(Over::Max) => is_beyond(figures.iter().fold(figures[0], |a, b| if *b > a { *b } else { a })),
            Some(Over::Min) => is_beyond(figures.iter().fold(figures[0], |a, b| if *b < a { *b } else { a })),
        });
    }
    held
}

fn in_targets(world: &World<'_>, past: &Past<'_>, when: &When, month: u32) -> Option<f64> {
    let value = figure(world, past, when, month)?;
    let Some(steps) = &when.target else { return Some(value) };
    let mut reached = steps.iter().filter(|step| step.month.0 <= u64::from(month));
    reached.next_back().map(|step| value / step.value.f64())
}

/// A figure of a month, in currency units where it is money; of some cells their sums.
fn figure(world: &World<'_>, past: &Past<'_>, when: &When, month: u32) -> Option<f64> {
    let scoped = when.segment.is_some() || when.channel.is_some();
    let is = |name: &Option<String>, of: &String| name.as_ref().is_none_or(|name| name == of);
    let meant =
        world.cells.iter().enumerate().filter(|(_, cell)| {
            is(&when.segment, &cell.segment.name) && is(&when.channel, &cell.channel.name)
        });
    let meant: Vec<usize> = meant.map(|(at, _)| at).collect();
    let get = |metric: MonthMetric| match scoped {
        true => {
            let values = meant.iter().map(|cell| past.cells[month as usize][*cell].row[metric.index()]);
            values.sum::<i64>() as f64
        }
        false => past.rows[month as usize][metric.index()] as f64,
    };
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let sum = |flows: &[Flow]| flows.iter().map(|f| flow(*f)).sum::<f64>();
    let late = |from: u8| (from..7).map(|bucket| get(MonthMetric::BucketBalance(bucket))).sum::<f64>();
    let share = |part: f64, whole: f64| if whole == 0.0 { None } else { Some(part / whole) };
    let balance = get(MonthMetric::Balance);
    let originated = sum(&[Flow::OriginatedNew, Flow::OriginatedRepeat, Flow::Drawn]);
    match when.metric {
        Watched::NplRatio => share(late(4), balance),
        Watched::NplRatioLagged => {
            let year_ago = &past.rows[month.checked_sub(12)? as usize];
            share(late(4), year_ago[MonthMetric::Balance.index()] as f64)
        }
        Watched::Dpd30Ratio => share(late(2), balance),
        Watched::Dpd1Ratio => share(late(1), balance),
        Watched::EverDpd30Rate => {
            let age = when.months_on_book.map_or(3, |months| months.0 as u32);
            let vintage = month.checked_sub(age)? as usize;
            if scoped {
                let of = |cell: &usize| past.cells[month as usize][*cell].ever_30[age as usize];
                let late: i64 = meant.iter().map(|cell| of(cell).1).sum();
                return share(late as f64, meant.iter().map(|cell| of(cell).0).sum::<i64>() as f64);
            }
            let at = VINTAGE_AGES.iter().position(|measured| *measured == age).expect("it is measured");
            let of = |metric: VintageMetric| {
                let row = vintage * VINTAGE_AGES.len() + at;
                past.vintages[row * VintageMetric::COUNT + metric as usize] as f64
            };
            share(of(VintageMetric::Ever30), of(VintageMetric::Loans))
        }
        Watched::FpdRate => share(flow(Flow::FirstPaymentsMissed), flow(Flow::FirstPaymentsDue)),
        Watched::ChargeOffRate => share(flow(Flow::ChargedOff) * 12.0, balance),
        Watched::Originated => Some(originated / 100.0),
        Watched::LoansNew => Some(flow(Flow::LoansNew)),
        Watched::Balance => Some(balance / 100.0),
        Watched::RepaidToOriginated => share(
            sum(&[Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears]),
            originated,
        ),
        Watched::Rivals => Some(get(MonthMetric::Rivals)),
        Watched::CompletionRate => share(flow(Flow::Applications), flow(Flow::Leads)),
        Watched::ApprovalRate => share(flow(Flow::Approvals), flow(Flow::Applications)),
        Watched::Cac => share(flow(Flow::MarketingPaid) / 100.0, flow(Flow::LoansNew)),
        Watched::RivalAdvantage => {
            share(get(MonthMetric::RivalAdvantage) * 1e-6, get(MonthMetric::ContestedMonths))
        }
        Watched::MarketShare => {
            let all = sum(&[Flow::LoansNew, Flow::LostToRivals]);
            if get(MonthMetric::ContestedMonths) > 0.0 { share(flow(Flow::LoansNew), all) } else { None }
        }
        Watched::ProfitBeforeTax => Some(profit(&flow) / 100.0),
    }
}

/// What entries credit to accounts of income and expense less what they debit to them; whole fen, so that no order of
/// additions matters.
fn profit(flow: &dyn Fn(Flow) -> f64) -> f64 {
    let moves = |account: Account| {
        let stays = matches!(account, Account::Loans | Account::Cash | Account::InterestReceivable);
        if stays { 0.0 } else { 1.0 }
    };
    let entries = Flow::ALL.iter().filter_map(|of| of.entry().map(|entry| (flow(*of), entry)));
    entries.map(|(amount, (debit, credit))| amount * (moves(credit) - moves(debit))).sum()
}
