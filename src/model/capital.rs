//! Equity by internal ratings: the Basel risk-weight function of retail exposures (CRE31).

use crate::math::{exp, normal_cdf, normal_quantile};

/// Risk-weighted assets per unit of capital requirement: the requirement is 8 % of them.
pub const ASSETS_PER_REQUIREMENT: f64 = 12.5;
/// Confidence of the requirement.
const CONFIDENCE: f64 = 0.999;

/// Regulatory class of a retail exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetailClass {
    /// Loans that are repaid by a plan.
    Other,
    /// Revolving lines that may be cancelled at any time (QRRE).
    Revolving,
}

impl RetailClass {
    /// Correlation with the economy: 4 % of revolving lines; else `0.03 w + 0.16 (1 - w)` with
    /// `w = (1 - e^(-35 PD)) / (1 - e^(-35))`.
    pub fn correlation(self, pd: f64) -> f64 {
        match self {
            RetailClass::Revolving => 0.04,
            RetailClass::Other => {
                let weight = (1.0 - exp(-35.0 * pd)) / (1.0 - exp(-35.0));
                0.03 * weight + 0.16 * (1.0 - weight)
            }
        }
    }

    /// Lowest probability of default within a year that is let pass (CRE32).
    fn pd_min(self) -> f64 {
        match self {
            RetailClass::Other => 0.0005,
            RetailClass::Revolving => 0.001,
        }
    }

    /// Capital requirement per unit of exposure not in default:
    /// `K = LGD (Phi((G(PD) + sqrt(R) G(0.999)) / sqrt(1 - R)) - PD)`; shares.
    pub fn requirement(self, pd: f64, lgd: f64) -> f64 {
        let pd = pd.max(self.pd_min());
        if pd >= 1.0 {
            return 0.0;
        }
        let correlation = self.correlation(pd);
        let stressed = (normal_quantile(pd) + correlation.sqrt() * normal_quantile(CONFIDENCE))
            / (1.0 - correlation).sqrt();
        lgd * (normal_cdf(stressed) - pd)
    }
}
