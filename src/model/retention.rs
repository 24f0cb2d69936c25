//! Good customers come back.

/// Distribution of the months from pay-off to the next request: hazard `rate * decay^(d-1)` in month `d`, up to `window`
/// months. Entry `d - 1` is the probability of having asked by month `d`.
pub fn return_distribution(rate: f64, decay: f64, window: u32) -> Vec<f64> {
    let mut waiting = 1.0;
    let mut hazard = rate;
    (0..window)
        .map(|_| {
            waiting *= 1.0 - hazard;
            hazard *= decay;
            1.0 - waiting
        })
        .collect()
}

/// Probability of asking again in the first month: `rate` times a factor, less with rivals.
pub fn return_rate(rate: f64, factor: f64, rival_effect: f64, rivals: u32) -> f64 {
    (rate * factor / (1.0 + rival_effect * f64::from(rivals))).min(1.0)
}

/// Months until the return at a word, of the distribution as word thresholds; `None` when the customer is lost.
#[inline]
pub fn months_until_return(thresholds: &[u64], word: u32) -> Option<u32> {
    let lost = thresholds.last().is_none_or(|last| u64::from(word) >= *last);
    if lost {
        return None;
    }
    thresholds.iter().position(|threshold| u64::from(word) < *threshold).map(|at| at as u32 + 1)
}

/// Share of customers who ever return.
pub fn return_probability(rate: f64, decay: f64, window: u32) -> f64 {
    return_distribution(rate, decay, window).last().copied().unwrap_or(0.0)
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
