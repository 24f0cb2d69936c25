//! Closed forms.
use lendcycle::lifecycle::stage::*;
fn rules(dwell: u32, raw: bool) -> Rules {
    let _ = raw;
    Rules {
        window: 3,
        dwell,
        plateau_growth: -(0.90f64).ln() / 6.5,
        second_growth: -(0.8f64).ln() / 6.5,
        second_growth_rise: 0.03,
        decline_growth: -(1.05f64).ln() / 6.5,
        recovery_growth: -(0.97f64).ln() / 6.5,
        exit_originations: 0.02,
        exit_npl: 0.5,
        exit_balance: 0.05,
        relaunch_originations: 0.1,
        closed_balance: 0.001,
    }
}
#[test]
fn t44() {
    let o: Vec<f64> = (0..100)
        .map(|t| {
            let t = t as f64;
            if t < 24. {
                100. * (t + 1.) / 24.
            } else if t < 48. {
                100.
            } else if t < 72. {
                100. * (72. - t) / 24.
            } else {
                0.
            }
        })
        .collect();
    let n = 12;
    let mut b = 0.0;
    let mut obs = vec![];
    let mut online = Classifier::new(rules(3, true));
    let mut on = vec![];
    for t in 0..100usize {
        let r: f64 = (1..=n).filter(|k| t >= *k).map(|k| o[t - k] / 12.0).sum();
        b += o[t] - r;
        let ob = Observation {
            originated: o[t],
            repaid: r,
            balance: if b.abs() < 1e-6 { 0.0 } else { b },
            npl: 0.0,
            principal_months: o[t] * 6.5,
            originated_raw: o[t],
        };
        obs.push(ob);
        on.push(online.push(ob));
    }
    let back = back_dated(rules(3, true), obs.into_iter());
    for t in 0..100 {
        if t == 0 || back[t] != back[t - 1] {
            println!("back {t} {:?}", back[t]);
        }
        if t == 0 || on[t] != on[t - 1] {
            println!("online {t} {:?}", on[t]);
        }
    }
}
