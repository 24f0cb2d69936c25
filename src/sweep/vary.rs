//! What varies: `KEY=V1,V2,…` or `KEY=A..B:STEP`.

use rust_decimal::Decimal;

/// Most values of a key.
const VALUES_MAX: usize = 10_000;

/// A key that varies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Path of the key.
    pub key: String,
    /// Its values as TOML text, in the order given.
    pub values: Vec<String>,
}

impl Dimension {
    /// Reads `KEY=V1,V2,…` or `KEY=A..B:STEP` (from A in steps of STEP up to B at most).
    ///
    /// # Errors
    /// What is wrong and how to mend it.
    pub fn parse(text: &str) -> Result<Dimension, String> {
        let (key, values) = text.split_once('=').ok_or_else(|| {
            format!(
                "{text}: write KEY=V1,V2,… or KEY=A..B:STEP, such as product.emergency.apr=0.12..0.18:0.02"
            )
        })?;
        let (key, values) = (key.trim(), values.trim());
        if key.is_empty() || key.split('.').any(|part| part.trim().is_empty()) {
            return Err(format!("{text}: name a key as in --set, such as product.emergency.apr"));
        }
        let values = match is_range(values) {
            true => range(values).map_err(|reason| format!("{key}: {reason}"))?,
            false => split(values),
        };
        if let Some(empty) = values.iter().position(String::is_empty) {
            return Err(format!("{key}: value {} of {} is empty", empty + 1, values.len()));
        }
        if values.len() < 2 {
            return Err(format!("{key}: one value does not vary; give two or more, or use --set"));
        }
        for (at, value) in values.iter().enumerate() {
            if values[..at].contains(value) {
                return Err(format!("{key}: the value {value} is given twice"));
            }
        }
        Ok(Dimension { key: key.to_owned(), values })
    }
}

fn is_range(values: &str) -> bool {
    values.contains("..") && !values.starts_with(['"', '\'', '[', '{'])
}

fn range(text: &str) -> Result<Vec<String>, String> {
    let form = || format!("{text} is no range; write A..B:STEP with numbers, such as 6..30:6");
    let (first, rest) = text.split_once("..").ok_or_else(form)?;
    let (last, step) = rest
        .split_once(':')
        .ok_or_else(|| format!("{text} has no step; write A..B:STEP, such as 6..30:6"))?;
    let number = |text: &str| Decimal::from_str_exact(text.trim()).map_err(|_| form());
    let (first, last, step) = (number(first)?, number(last)?, number(step)?);
    if step <= Decimal::ZERO || last <= first {
        return Err(format!("{text} leads nowhere; the step is above 0 and B above A"));
    }
    let count = ((last - first) / step).floor() + Decimal::ONE;
    if count > Decimal::from(VALUES_MAX) {
        return Err(format!(
            "{text} has {count} values; at most {VALUES_MAX} are allowed: take a larger step"
        ));
    }
    let mut value = first;
    let mut values = Vec::new();
    while value <= last {
        values.push(value.to_string());
        value += step;
    }
    Ok(values)
}

/// Splits at commas that stand outside of quotation marks and brackets.
fn split(text: &str) -> Vec<String> {
    let (mut depth, mut quote) = (0_i32, None);
    let mut values = vec![String::new()];
    for sign in text.chars() {
        match (quote, sign) {
            (None, ',') if depth == 0 => {
                values.push(String::new());
                continue;
            }
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if sign == open => quote = None,
            _ => {}
        }
        if let Some(value) = values.last_mut() {
            value.push(sign);
        }
    }
    values.iter().map(|value| value.trim().to_owned()).collect()
}
