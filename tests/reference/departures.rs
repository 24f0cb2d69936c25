//! Points in which the engine departs from its documents. The reference follows the engine where a constant is `true`
//! (or `Some`), and the documents where it is `false` (or `None`): whoever mends the engine turns the constant over, and
//! then deletes it.

/// `engine::month::play` says that what is charged off in a month is pursued from next month on, as the order of events
/// in the specification does; the engine recovers from it in the month of charge-off.
pub const RECOVERS_IN_THE_MONTH_OF_CHARGE_OFF: bool = true;

/// Adstock is geometric, `a_t = x_t + retention a_(t-1)`; the engine leaves it as it is in months in which a policy
/// stops new customers, and marketing resumes as if no month had passed.
pub const STOCK_KEEPS_WHILE_NEW_CUSTOMERS_ARE_STOPPED: bool = true;

/// Behaviour points are for instalments paid on time; the engine gives them for every month of the tenor that was not
/// late, also for instalments that never came because the loan was prepaid, and monthly where interest is quarterly.
pub const POINTS_FOR_INSTALMENTS_THAT_NEVER_CAME: bool = true;

/// The shift of current loans (seasoning, exposure, season) counts in full, and level and shift together are held
/// within log-odds of -6 and 6; the engine's month kernel first cuts the shift itself at this many levels of 1/32.
pub const SHIFT_OF_CURRENT_LOANS_IS_CUT_AT: Option<i32> = Some(63);
