//! What holds in a month: economy, policies in force, collections.

use lendcycle::rate::{Multiplier, ScorePoints};
use lendcycle::scenario::tables::Policy;

use super::late::{Days, effect_of};
use super::risk::{Factor, level};
use super::world::World;

pub struct Month<'a> {
    pub world: &'a World<'a>,
    pub month: u32,
    /// Policies in force, with the share of their full effect.
    pub policies: Vec<(&'a Policy, f64)>,
    /// Contacts per account, by tier.
    pub contacts: Vec<f64>,
    /// Tiers of days in the month of the due date.
    pub days: Option<Days<'a>>,
    /// The product was closed at the end of last month.
    pub closed: bool,
    /// A policy has closed it, this month or before.
    pub ended: bool,
    /// Channels that are open, by name.
    pub open: Vec<&'a str>,
}

impl<'a> Month<'a> {
    /// `accounts` are the delinquent loans by bucket at the end of last month, `late` those late on day 1 in it.
    pub fn new(
        world: &'a World<'a>,
        month: u32,
        policies: Vec<(&'a Policy, f64)>,
        accounts: [i64; 7],
        late: i64,
        closed: bool,
        open: Vec<&'a str>,
    ) -> Self {
        let (contacts, ended, days) = (Vec::new(), false, None);
        let mut now = Month { world, month, policies, contacts, days, closed, ended, open };
        let tiers = world.scenario.collections.first_month.as_deref();
        now.days = tiers.map(|tiers| Days::new(tiers, |tier| now.collections_in(tier), late));
        for (index, tier) in world.scenario.collections.tier.iter().enumerate() {
            let buckets = (1..7).filter(|bucket| world.tiers_of(*bucket).contains(&index));
            let load: i64 = buckets.map(|bucket| accounts[bucket]).sum();
            let lever = now.collections_in(&tier.name);
            let mut contacts = tier.contacts.f64() * lever;
            contacts = contacts.min(tier.contacts_max.f64());
            if load > 0 {
                contacts = contacts.min(tier.capacity.f64() * lever / load as f64);
            }
            now.contacts.push(contacts);
        }
        now
    }

    pub fn factor(&self) -> Factor {
        Factor {
            correlation: self.world.scenario.economy.factor_correlation.f64(),
            value: self.world.factor[self.month as usize],
        }
    }

    pub fn lpr(&self) -> f64 {
        self.world.lpr[self.month as usize]
    }

    pub fn rivals(&self) -> f64 {
        f64::from(self.world.rivals[self.month as usize])
    }

    pub fn season(&self) -> f64 {
        self.world.delinquency_season(self.month)
    }

    /// Multiplier of recoveries: that of policies on all tiers.
    pub fn collections(&self) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| policy.tiers.is_none());
        meant.map(|(policy, share)| multiplier(policy.collections, *share)).product()
    }

    fn collections_in(&self, tier: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.tiers, tier));
        meant.map(|(policy, share)| multiplier(policy.collections, *share)).product()
    }

    /// Rise of a product's rates.
    pub fn price(&self, product: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.products, product));
        meant.fold(0.0, |sum, (policy, share)| sum + policy.price.map_or(0.0, |price| price.f64() * share))
    }

    /// Highest rate that regulation allows.
    pub fn rate_allowed(&self) -> f64 {
        let steps = self.world.scenario.regulation.iter().flat_map(|rule| rule.apr_cap.iter().flatten());
        let mut begun = steps.filter(|step| step.month.0 <= u64::from(self.month));
        begun.next_back().map_or(f64::INFINITY, |step| step.apr.f64())
    }

    /// Multiplier of what a segment asks for of a product.
    pub fn amount(&self, product: &str, segment: &str) -> f64 {
        let meant = self
            .policies
            .iter()
            .filter(|(policy, _)| names(&policy.products, product) && names(&policy.segments, segment));
        meant.map(|(policy, share)| multiplier(policy.amount, *share)).product()
    }

    /// Share of a product's loans that move to the next longer tenor.
    pub fn longer(&self, product: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.products, product));
        let sum = meant
            .fold(0.0, |sum, (policy, share)| sum + policy.tenor.map_or(0.0, |moved| moved.f64() * share));
        sum.clamp(-1.0, 1.0)
    }

    /// Multiplier of hours to a decision.
    pub fn hours(&self, product: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.products, product));
        meant.map(|(policy, share)| multiplier(policy.hours, *share)).product()
    }

    pub fn is_open(&self, channel: &str) -> bool {
        self.open.contains(&channel)
    }

    /// What first limits of lines are multiplied by.
    pub fn limits(&self) -> f64 {
        self.policies.iter().map(|(policy, share)| multiplier(policy.limits, *share)).product()
    }

    /// Whether borrowers are reminded of what falls due.
    pub fn reminds(&self) -> bool {
        let reminder = &self.world.scenario.reminder;
        reminder.as_ref().is_some_and(|reminder| reminder.from.0 <= u64::from(self.month))
    }

    /// Share of missed payments that reminders leave.
    pub fn missed_left(&self) -> f64 {
        match &self.world.scenario.reminder {
            Some(reminder) if self.reminds() => {
                let months = u64::from(self.month) - reminder.from.0 + 1;
                let risen =
                    if months < reminder.ramp.0 { months as f64 / reminder.ramp.0 as f64 } else { 1.0 };
                1.0 - reminder.effect.f64() * reminder.coverage.f64() * risen
            }
            _ => 1.0,
        }
    }

    pub fn marketing(&self, channel: &str, segment: &str) -> f64 {
        let meant = self
            .policies
            .iter()
            .filter(|(policy, _)| names(&policy.channels, channel) && names(&policy.segments, segment));
        meant.map(|(policy, share)| multiplier(policy.marketing, *share)).product()
    }

    pub fn cutoff_new(&self, segment: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.segments, segment));
        meant.fold(0.0, |sum, (policy, share)| sum + points(policy.cutoff_new, *share))
    }

    pub fn cutoff_repeat(&self, segment: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.segments, segment));
        meant.fold(0.0, |sum, (policy, share)| sum + points(policy.cutoff_repeat, *share))
    }

    /// Rise of the conversion of a region.
    pub fn conversion(&self, region: &str) -> f64 {
        let meant = self.policies.iter().filter(|(policy, _)| names(&policy.regions, region));
        meant.fold(0.0, |sum, (policy, share)| {
            sum + policy.conversion.map_or(0.0, |raise| raise.f64()) * share
        })
    }

    /// Before the launch nobody is admitted either.
    pub fn stop_new(&self) -> bool {
        let before_launch =
            self.world.scenario.launch.as_ref().is_some_and(|launch| u64::from(self.month) < launch.month.0);
        before_launch || self.ended || self.policies.iter().any(|(policy, _)| policy.stop_new == Some(true))
    }

    pub fn stop_repeat(&self) -> bool {
        self.ended || self.policies.iter().any(|(policy, _)| policy.stop_repeat == Some(true))
    }

    /// Level shift of delinquent loans of a bucket: season, and contacts beyond those the rows were observed under.
    pub fn delinquent_shift(&self, bucket: usize) -> i32 {
        self.shift_at(bucket, |index| self.contacts[index])
    }

    /// The same without contacts.
    pub fn delinquent_shift_alone(&self, bucket: usize) -> i32 {
        self.shift_at(bucket, |_| 0.0)
    }

    fn shift_at(&self, bucket: usize, contacts: impl Fn(usize) -> f64) -> i32 {
        let tiers = self.world.tiers_of(bucket);
        let effect =
            |index: &usize| effect_of(&self.world.scenario.collections.tier[*index], contacts(*index));
        level(self.season() - tiers.iter().map(effect).sum::<f64>())
    }
}

/// A multiplier of which a share is in effect.
fn multiplier(full: Option<Multiplier>, share: f64) -> f64 {
    match full.map(Multiplier::f64) {
        None => 1.0,
        Some(full) if share == 1.0 => full,
        Some(full) => 1.0 + (full - 1.0) * share,
    }
}

fn points(full: Option<ScorePoints>, share: f64) -> f64 {
    full.map_or(0.0, |points| points.f64() * share)
}

/// Whether a list of names means this one; no list means all.
pub fn names(list: &Option<Vec<String>>, name: &str) -> bool {
    list.as_ref().is_none_or(|list| list.iter().any(|member| member == name))
}
