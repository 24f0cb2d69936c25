//! The few transcendental functions of the model, from pure Rust code (`libm`), so that a result does not depend
//! on the platform's C library. `clippy.toml` bans the `std` versions for this reason.

/// `e^x`, within two units in the last place; half the time of `libm`'s, which every new loan feels.
/// `x = k ln 2 + r` with `|r| <= ln 2 / 2`, Taylor polynomial of degree 13 in `r`, scaled by `2^k`.
#[inline]
pub fn exp(x: f64) -> f64 {
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Beyond these 2^k leaves the range of normal numbers: the slow road knows infinities, zeros and NaN.
    if !(-700.0..=700.0).contains(&x) {
        return libm::exp(x);
    }
    let k = round(x * std::f64::consts::LOG2_E);
    let r = (x - k as f64 * LN_2_HIGH) - k as f64 * LN_2_LOW;
    let square = r * r;
    let fourth = square * square;
    let a = (1.0 + r) + (0.5 + r * (1.0 / 6.0)) * square;
    let b = (1.0 / 24.0 + r * (1.0 / 120.0)) + (1.0 / 720.0 + r * (1.0 / 5_040.0)) * square;
    let c =
        (1.0 / 40_320.0 + r * (1.0 / 362_880.0)) + (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0)) * square;
    let d = 1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0);
    let sum = a + fourth * (b + fourth * (c + fourth * d));
    sum * f64::from_bits(((1_023 + k) as u64) << 52)
}

/// Natural logarithm; `-inf` at zero.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x^y` for `x >= 0`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Log-odds of a probability: `ln(p / (1 - p))`; infinite at 0 and 1.
#[inline]
pub fn logit(p: f64) -> f64 {
    ln(p / (1.0 - p))
}

/// Probability of log-odds: `1 / (1 + e^-x)`.
#[inline]
pub fn expit(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// Standard normal distribution function `Phi(x)`.
#[inline]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Standard normal quantile `Phi^-1(p)`: algorithm AS 241 (Wichura 1988, Applied Statistics 37, PPND16),
/// relative accuracy about 1e-16. `-inf` at 0, `+inf` at 1, NaN outside.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * ratio(r, &CENTRAL_NUMERATOR, &CENTRAL_DENOMINATOR);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if tail < 0.0 { f64::NAN } else { q.signum() * f64::INFINITY };
    }
    let r = (-ln(tail)).sqrt();
    let x = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE_NUMERATOR, &MIDDLE_DENOMINATOR)
    } else {
        ratio(r - 5.0, &FAR_NUMERATOR, &FAR_DENOMINATOR)
    };
    if q < 0.0 { -x } else { x }
}

/// Quotient of two polynomials of degree 7, summed by Estrin's scheme: half the latency of Horner's.
#[inline]
fn ratio(x: f64, numerator: &[f64; 8], denominator: &[f64; 8]) -> f64 {
    let square = x * x;
    let estrin = |c: &[f64; 8]| {
        let low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * square;
        let high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * square;
        low + high * (square * square)
    };
    estrin(numerator) / estrin(denominator)
}

/// The nearest whole number, halves away from zero (the double next below a half counts as one). Compiles to one
/// conversion, where the exact `round` is a call.
#[inline]
pub fn round(x: f64) -> i64 {
    if x < 0.0 { -((0.5 - x) as i64) } else { (x + 0.5) as i64 }
}

const CENTRAL_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_6,
    1.331_416_678_917_843_8e2,
    1.971_590_950_306_551_3e3,
    1.373_169_376_550_946e4,
    4.592_195_393_154_987e4,
    6.726_577_092_700_87e4,
    3.343_057_558_358_813e4,
    2.509_080_928_730_122_7e3,
];
const CENTRAL_DENOMINATOR: [f64; 8] = [
    1.0,
    4.231_333_070_160_091e1,
    6.871_870_074_920_579e2,
    5.394_196_021_424_751e3,
    2.121_379_430_158_659_7e4,
    3.930_789_580_009_271e4,
    2.872_908_573_572_194_3e4,
    5.226_495_278_852_545e3,
];
const MIDDLE_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const FAR_DENOMINATOR: [f64; 8] = [
    1.0,
    5.998_322_065_558_88e-1,
    1.369_298_809_227_358e-1,
    1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];
