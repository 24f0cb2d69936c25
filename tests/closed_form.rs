//! The engine and its formulas against mathematics that shares no code with them: closed forms worked by hand, the
//! linear algebra and quadrature written here, published vectors, and other people's libraries.
#![allow(clippy::disallowed_methods, reason = "the platform's mathematics checks the engine's own")]

#[path = "closed_form/acquisition.rs"]
mod acquisition;
#[path = "closed_form/attribution.rs"]
mod attribution;
#[path = "closed_form/bad_loans.rs"]
mod bad_loans;
#[path = "closed_form/campaigns.rs"]
mod campaigns;
#[path = "closed_form/claims.rs"]
mod claims;
#[path = "closed_form/collections.rs"]
mod collections;
#[path = "closed_form/comparisons.rs"]
mod comparisons;
#[path = "closed_form/competition.rs"]
mod competition;
#[path = "closed_form/contracts.rs"]
mod contracts;
#[path = "closed_form/curtailment.rs"]
mod curtailment;
#[path = "closed_form/customers.rs"]
mod customers;
#[path = "closed_form/delinquency.rs"]
mod delinquency;
#[path = "closed_form/discrimination.rs"]
mod discrimination;
#[path = "closed_form/economy.rs"]
mod economy;
#[path = "closed_form/exit.rs"]
mod exit;
#[path = "closed_form/finance.rs"]
mod finance;
#[path = "closed_form/first_month.rs"]
mod first_month;
#[path = "closed_form/first_payment.rs"]
mod first_payment;
#[path = "closed_form/holidays.rs"]
mod holidays;
#[path = "closed_form/laboratory.rs"]
mod laboratory;
#[path = "closed_form/ladder.rs"]
mod ladder;
#[path = "closed_form/levers.rs"]
mod levers;
#[path = "closed_form/lines.rs"]
mod lines;
#[path = "closed_form/loss_distribution.rs"]
mod loss_distribution;
#[path = "closed_form/money.rs"]
mod money;
#[path = "closed_form/numbers.rs"]
mod numbers;
#[path = "closed_form/opening.rs"]
mod opening;
#[path = "closed_form/precision.rs"]
mod precision;
#[path = "closed_form/prices.rs"]
mod prices;
#[path = "closed_form/provisions.rs"]
mod provisions;
#[path = "closed_form/reminders.rs"]
mod reminders;
#[path = "closed_form/retention.rs"]
mod retention;
#[path = "closed_form/rules.rs"]
mod rules;
#[path = "closed_form/schedules.rs"]
mod schedules;
#[path = "closed_form/scores.rs"]
mod scores;
#[path = "closed_form/securitisation.rs"]
mod securitisation;
#[path = "closed_form/selection.rs"]
mod selection;
#[path = "closed_form/stages.rs"]
mod stages;
#[path = "closed_form/stock_flow.rs"]
mod stock_flow;
#[path = "closed_form/sweeps.rs"]
mod sweeps;
#[path = "closed_form/vintage_economics.rs"]
mod vintage_economics;
