//! Points earned by paying interest and redeemed against interest (积分抵利息).

use crate::money::Fen;

/// Terms of points; their worth is in fen of interest.
#[derive(Clone, Copy, Debug)]
pub struct Points {
    /// Earned per unit of interest paid.
    pub share: f64,
    /// Share of points held redeemed in a month.
    pub redemption: f64,
    /// Share of those left that expire then.
    pub expiry: f64,
}

/// What became of points in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Redeemed.
    pub redeemed: Fen,
    /// Expired.
    pub expired: Fen,
    /// Earned.
    pub earned: Fen,
}

impl Points {
    /// A month of customers who hold points and pay interest; points are earned while the programme `runs`.
    pub fn month(&self, held: Fen, interest: Fen, runs: bool) -> Moved {
        let redeemed = Fen::round(held.0 as f64 * self.redemption).min(interest);
        let expired = Fen::round((held - redeemed).0 as f64 * self.expiry);
        let earned = if runs { Fen::round(interest.0 as f64 * self.share) } else { Fen::ZERO };
        Moved { redeemed, expired, earned }
    }

    /// Share of points earned that is redeemed in the end: `r / (1 - (1 - r) (1 - x))`.
    pub fn use_rate(&self) -> f64 {
        let (kept, held) = (1.0 - self.redemption, 1.0 - self.expiry);
        if kept * held == 1.0 { 0.0 } else { self.redemption / (1.0 - kept * held) }
    }
}
