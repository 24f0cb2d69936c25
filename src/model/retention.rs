//! Good customers come back.

/// Months from pay-off to the next request at quantile `u`, or `None` when the customer is lost: hazard
/// `rate * decay^(d-1)` in month `d`, up to `window` months.
pub fn months_until_return(u: f64, rate: f64, decay: f64, window: u32) -> Option<u32> {
    let mut waiting = 1.0;
    let mut hazard = rate;
    for month in 1..=window {
        waiting *= 1.0 - hazard;
        if u < 1.0 - waiting {
            return Some(month);
        }
        hazard *= decay;
    }
    None
}

/// Share of customers who ever return.
pub fn return_probability(rate: f64, decay: f64, window: u32) -> f64 {
    let mut waiting = 1.0;
    let mut hazard = rate;
    for _ in 0..window {
        waiting *= 1.0 - hazard;
        hazard *= decay;
    }
    1.0 - waiting
}

/// Behaviour score: the score at origination, more for instalments paid on time, less for months past due.
pub fn behaviour_score(observed: f64, on_time: u32, late: u32, points: &BehaviourPoints) -> f64 {
    let gained = (f64::from(on_time) * points.on_time).min(points.most);
    observed + gained - f64::from(late) * points.late
}

/// Points of the behaviour score.
#[derive(Clone, Copy, Debug)]
pub struct BehaviourPoints {
    /// Per instalment paid on time.
    pub on_time: f64,
    /// Per month past due.
    pub late: f64,
    /// Most that can be gained.
    pub most: f64,
}
