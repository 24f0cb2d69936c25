//! Losses that are expected of a book, by what a bank knows at a month's end.

use super::book::{Book, Delinquent, Loan};
use super::delinquent::NPL_AGE;
use super::lines::Line;
use super::provision::{Coverage, Provision, Today};
use super::setup::{ProductSetup, Setup};
use super::setup_provision::{Expected, ProvisionSetup};
use super::tile::Tile;
use crate::math::pow;
use crate::model::delinquency::LEVELS_PER_UNIT;
use crate::model::prepayment::prepayment_probability;
use crate::model::provision::{DefaultWeight, Outlook, default_weights};
use crate::money::Fen;
use crate::rate::monthly_of_nominal;

impl Provision {
    /// Expected losses by cell and stage, and the interest of stage 3.
    pub(super) fn expect(
        &mut self,
        book: &Book,
        setup: &Setup,
        terms: &ProvisionSetup,
        pd_ratio: Option<f64>,
        today: Today<'_>,
    ) {
        let month = today.month as usize;
        let factor = today.factors.get(month).copied().unwrap_or(today.factors[0]);
        self.factor = factor;
        terms.expect(factor, &mut self.expected);
        self.begin_products(setup, terms, today, factor);
        self.pools.iter_mut().for_each(|pool| pool.fill(Coverage::default()));
        self.lines.clear();
        for &tile in &book.active {
            let tile = &book.tiles[tile as usize];
            self.judge_pool(tile, setup, terms, pd_ratio, today);
        }
        // Interest on stage 3 is a sum over loans, rounded by cell.
        let mut earned = vec![0.0; setup.cells.len()];
        for account in &book.delinquents {
            let loan = &account.loan;
            let age = account.months_past_due(today.month);
            let found = self.late_loss(setup, terms, loan, age, account.balance, loan.age(today.month));
            self.judge(book, account, found, &mut earned);
        }
        for parked in &book.parked {
            let (account, age) = (&parked.account, parked.age());
            let loan = &account.loan;
            let found = match age {
                // Who cannot pay for now is in stage 2.
                0 => (1, account.balance.0 as f64 * self.pool_at(loan, parked.m).lifetime),
                age => self.late_loss(setup, terms, loan, age, account.balance, parked.m),
            };
            self.judge(book, account, found, &mut earned);
        }
        for line in &book.lines {
            let account = &line.account;
            let loan = &account.loan;
            let found = match account.months_past_due(today.month) {
                0 => {
                    let (lifetime, twelve) = self.line_loss(setup, terms, line, today);
                    if loan.age(today.month) == 0 && !self.whole_life {
                        self.at_origination[book.row_of(loan)] += Fen::round(lifetime).0;
                    }
                    (0, if self.whole_life { lifetime } else { twelve })
                }
                age => self.late_loss(setup, terms, loan, age, account.balance, loan.age(today.month)),
            };
            self.judge(book, account, found, &mut earned);
        }
        for (left, earned) in self.unwinding.iter_mut().zip(earned) {
            *left = Fen::round(earned).0;
        }
    }

    /// Adds the loss found for an account, and what it earns by cell if it is in stage 3.
    fn judge(&mut self, book: &Book, account: &Delinquent, (stage, loss): (usize, f64), earned: &mut [f64]) {
        let (loan, balance) = (&account.loan, account.balance.0);
        self.add(loan.cell(), book.row_of(loan), stage, balance, loss);
        if stage == 2 {
            let discount = self.losses[usize::from(loan.product)].0;
            earned[loan.cell()] += (balance as f64 - loss) * (1.0 / discount - 1.0);
        }
    }

    /// Discount factor and loss given default by product; the factor of the time of recovery is forecast too.
    fn begin_products(&mut self, setup: &Setup, terms: &ProvisionSetup, today: Today<'_>, factor: f64) {
        self.losses.clear();
        let kept = pow(setup.economy.persistence, f64::from(setup.risk.charge_off_age));
        for (product, terms) in setup.products.iter().zip(&terms.terms) {
            let middle = product.grade_spread.len() / 2;
            let apr = product.apr_at(today.lpr, middle, 0, 0.0, f64::INFINITY);
            let discount = 1.0 / (1.0 + monthly_of_nominal(apr));
            self.losses.push((discount, terms.loss_given_default(discount, kept * factor)));
        }
    }

    /// Current loans of a tile.
    fn judge_pool(
        &mut self,
        tile: &Tile,
        setup: &Setup,
        terms: &ProvisionSetup,
        pd_ratio: Option<f64>,
        today: Today<'_>,
    ) {
        let product = &setup.products[tile.product];
        let m = tile.age(today.month);
        let made = setup.vintage_row(tile.made);
        let (discount, lgd) = self.losses[tile.product];
        let discount = tile.monthly_rate(m + 1).map_or(discount, |rate| 1.0 / (1.0 + rate));
        let levels = pool_levels(tile, setup, terms, product);
        let pool = Pool { setup, product, levels, rivals: today.rivals };
        let months = (m, product.tenor_max());
        pool.weigh(&self.expected, months, discount, setup.risk.charge_off_age - 1, &mut self.weights);
        // What was expected of the months left when the pool was made; of the opening book nothing is known of then.
        let then = today.factors.get(usize::from(tile.made));
        let is_worse = pd_ratio.zip(then).is_some_and(|(ratio, then)| {
            let pd = |factor: f64| terms.lifetime_pd(tile.product, m, factor);
            let (now, then) = (pd(self.factor), pd(terms.forecast_of(*then, m)));
            now > 0.0 && now >= ratio * then
        });
        let is_worse = is_worse || self.whole_life;
        let mut whole = Coverage { is_worse, ..Coverage::default() };
        let mut balances = 0;
        for (slot, &cell) in product.groups.iter().enumerate() {
            let balance = tile.slots[slot].balance;
            if balance == 0 {
                continue;
            }
            let plan = tile.planned(slot, m + 1);
            let (mut lifetime, mut twelve) = (0.0, 0.0);
            for (weight, month) in self.weights.iter().zip(plan) {
                lifetime += weight.lifetime * month.opening as f64;
                twelve += weight.twelve * month.opening as f64;
            }
            (lifetime, twelve) = (lifetime * lgd, twelve * lgd);
            let (stage, loss) = if is_worse { (1, lifetime) } else { (0, twelve) };
            self.add(cell, made, stage, balance, loss);
            whole.lifetime += lifetime;
            whole.twelve += twelve;
            balances += balance;
        }
        if today.month == u32::from(tile.made) && !self.whole_life {
            self.at_origination[made] += Fen::round(whole.lifetime).0;
        }
        if balances > 0 {
            whole.lifetime /= balances as f64;
            whole.twelve /= balances as f64;
            self.pools[tile.product][m as usize] = whole;
        }
    }

    /// Coverage of current loans of a loan's product at a month on book.
    fn pool_at(&self, loan: &Loan, m: u32) -> Coverage {
        self.pools[usize::from(loan.product)].get(m as usize).copied().unwrap_or_default()
    }

    /// Stage and loss of a loan past due: it is charged off, or catches up and is a current loan again.
    fn late_loss(
        &self,
        setup: &Setup,
        terms: &ProvisionSetup,
        loan: &Loan,
        age: u32,
        balance: Fen,
        m: u32,
    ) -> (usize, f64) {
        let product = usize::from(loan.product);
        let segment = setup.cells[loan.cell()].segment;
        let level = terms.known[segment][usize::from(loan.grade)].1;
        let absorbed = self.expected.absorbed(f64::from(level), age);
        let (discount, lgd) = self.losses[product];
        let months = setup.risk.charge_off_age.saturating_sub(age);
        let lost = absorbed * lgd * pow(discount, f64::from(months));
        let pool = self.pool_at(loan, m);
        let (stage, again) = match age {
            1 if !pool.is_worse => (0, pool.twelve),
            1..NPL_AGE => (1, pool.lifetime),
            _ => (2, pool.lifetime),
        };
        (stage, balance.0 as f64 * (lost + (1.0 - absorbed) * again))
    }

    /// Losses over life and of twelve months of a line on which nothing is overdue; it may be drawn before it goes bad.
    fn line_loss(
        &mut self,
        setup: &Setup,
        terms: &ProvisionSetup,
        line: &Line,
        today: Today<'_>,
    ) -> (f64, f64) {
        let loan = &line.account.loan;
        let at = usize::from(loan.product);
        let product = &setup.products[at];
        let Some(line_terms) = &product.line else { return (0.0, 0.0) };
        let m = loan.age(today.month);
        let left = line.ends.saturating_sub(m);
        let key = (at, m, left);
        if !self.lines.contains_key(&key) {
            let levels = mean_known(setup, terms, product);
            let (discount, lgd) = self.losses[at];
            let pool = Pool { setup, product, levels, rivals: today.rivals };
            let lag = setup.risk.charge_off_age - 1;
            pool.weigh(&self.expected, (m, m + left), discount, lag, &mut self.weights);
            let sum = |of: fn(&DefaultWeight) -> f64| self.weights.iter().map(of).sum::<f64>() * lgd;
            let found =
                Coverage { lifetime: sum(|w| w.lifetime), twelve: sum(|w| w.twelve), is_worse: false };
            self.lines.insert(key, found);
        }
        let exposure = line.account.balance.0 as f64 + line.undrawn().0 as f64 * line_terms.conversion;
        let found = self.lines[&key];
        (exposure * found.lifetime, exposure * found.twelve)
    }
}

/// Current loans of a product that are looked at together.
pub struct Pool<'a> {
    pub setup: &'a Setup,
    pub product: &'a ProductSetup,
    /// Log-odds in units of the grid: when current, and when delinquent.
    pub levels: (f64, f64),
    pub rivals: u32,
}

impl Pool<'_> {
    /// Weights of the months on book after the first of `months` up to the last, by what is expected; charge-off comes `lag`
    /// months after the first missed payment. Returns the probability of charge-off, over life.
    pub fn weigh(
        &self,
        expected: &Expected,
        (from, last): (u32, u32),
        discount: f64,
        lag: u32,
        weights: &mut Vec<DefaultWeight>,
    ) -> f64 {
        let absorbed = expected.absorbed(self.levels.1, 1);
        let outlook = Outlook { from, last, absorbed, discount, lag };
        default_weights(outlook, |k| self.missed(expected, from, k), |k| self.prepaid(k), weights)
    }

    /// Probability that a current loan misses what is due in month on book `k`, seen from month on book `m`.
    fn missed(&self, expected: &Expected, m: u32, k: u32) -> f64 {
        let product = self.product;
        if !product.period().is_due(k) {
            return 0.0;
        }
        let shift = product.current_shift[(k as usize).min(product.current_shift.len() - 1)];
        let left = product.grace as f64 / (1_u64 << 32) as f64;
        expected.missed(self.levels.0 + shift * LEVELS_PER_UNIT, k - m) * left
    }

    /// Probability that a current loan is prepaid in month on book `k`, with the rivals of today.
    fn prepaid(&self, k: u32) -> f64 {
        let rival_factor = 1.0 + self.setup.market.prepayment_effect * f64::from(self.rivals);
        prepayment_probability(self.product.prepayment.0, k, self.product.prepayment.1, rival_factor)
    }
}

/// What grades tell of a pool's log-odds, by amount lent, in units of the grid: when current, and when delinquent.
pub fn pool_levels(tile: &Tile, setup: &Setup, terms: &ProvisionSetup, product: &ProductSetup) -> (f64, f64) {
    let lent: i64 = tile.slots.iter().map(|slot| slot.lent).sum();
    if lent == 0 {
        return mean_known(setup, terms, product);
    }
    let (current, late) =
        tile.slots.iter().fold((0, 0), |sum, slot| (sum.0 + slot.known.0, sum.1 + slot.known.1));
    (current as f64 / lent as f64, late as f64 / lent as f64)
}

/// Of a product, where nothing else is known: the middle grade of the segments that ask for it.
pub fn mean_known(setup: &Setup, terms: &ProvisionSetup, product: &ProductSetup) -> (f64, f64) {
    let middle = product.grade_spread.len() / 2;
    let count = product.groups.len().max(1) as f64;
    product.groups.iter().fold((0.0, 0.0), |sum, &group| {
        let (current, late) = terms.known[setup.cells[group].segment][middle];
        (sum.0 + f64::from(current) / count, sum.1 + f64::from(late) / count)
    })
}
