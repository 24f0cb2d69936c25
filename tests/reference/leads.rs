//! From spend and word of mouth to the leads each cell may expect.

use lendcycle::ledger::Flow;
use lendcycle::math::pow;

use super::acquisition::{self, months_since_launch};
use super::month::Month;
use super::run::Book;
use super::world::Cell;

/// Share of the people of a cell who have been leads.
pub fn saturation(book: &Book, cell: &Cell<'_>, group: usize) -> f64 {
    match cell.reachable {
        0 => 0.0,
        people => book.worked[group] as f64 / people as f64,
    }
}

/// Marketing spend, and the leads each cell may expect; and those that all spend once more would add at this slope.
pub fn expected_leads(book: &mut Book, now: &Month<'_>) -> (Vec<f64>, Vec<f64>) {
    let (mut leads, mut rises) = (Vec::new(), Vec::new());
    for (group, cell) in now.world.cells.iter().enumerate() {
        let launched = months_since_launch(now).unwrap_or(0);
        let budget = cell.channel.budget.iter().rfind(|step| step.month.0 <= launched);
        let budget = match budget {
            Some(step) if !now.stop_new() && now.is_open(&cell.channel.name) => step.amount.fen_f64(),
            _ => 0.0,
        };
        let share = cell.audience.budget_share.f64();
        let planned = budget * now.marketing(&cell.channel.name, &cell.segment.name) * share;
        let (spend, own) = acquisition::spend(now, cell, planned);
        book.flows[group].0[Flow::MarketingPaid as usize] += own;
        book.flows[group].0[Flow::MarginalSpend as usize] += own;
        let dearer = 1.0 + now.world.scenario.market.lead_cost_effect.f64() * now.rivals();
        let stock = spend as f64 / dearer + cell.channel.retention.f64() * book.stock[group];
        book.stock[group] = stock;
        let half = cell.audience.half_saturation.fen_f64();
        let paid = if stock > 0.0 {
            cell.audience.leads_max.f64() / (1.0 + pow(half / stock, cell.channel.slope.f64()))
        } else {
            0.0
        };
        let steep = match cell.audience.leads_max.f64() {
            0.0 => 0.0,
            most => cell.channel.slope.f64() * paid * (1.0 - paid / most),
        };
        let referred = cell.channel.referrals.map_or(0.0, |leads| leads.f64()) * book.funded[group] as f64;
        let paid = paid + referred;
        let (people, adopted) = (cell.reachable as f64, book.worked[group] as f64);
        let (p, q) = (cell.audience.innovation.f64(), cell.audience.imitation.f64());
        let organic =
            if people > 0.0 { f64::max(people - adopted, 0.0) * (p + q * adopted / people) } else { 0.0 };
        let open = f64::max(1.0 - saturation(book, cell, group), 0.0);
        let demand = acquisition::demand(now, cell);
        let (come, rise) = match now.is_open(&cell.channel.name) {
            true => (paid * open + organic, steep * open),
            false => (0.0, 0.0),
        };
        leads.push(come * demand);
        rises.push(rise * demand);
    }
    let wanted = leads.clone();
    for ((lead, rise), cell) in leads.iter_mut().zip(&mut rises).zip(&now.world.cells) {
        let same = now.world.cells.iter().zip(&wanted);
        let same = same.filter(|(other, _)| other.channel.name == cell.channel.name);
        let channel: f64 = same.map(|(_, wanted)| wanted).sum();
        let capacity = cell.channel.capacity.f64();
        if channel > capacity {
            *lead *= capacity / channel;
            *rise = 0.0;
        }
    }
    (leads, rises)
}
