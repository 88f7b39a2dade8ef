//! Numbers as text, the same on every machine.

/// In full: the shortest text that reads back as the same number. `None` for what is no number.
pub(crate) fn full(value: f64) -> Option<String> {
    // Minus zero is a zero to every reader.
    let value = if value == 0.0 { 0.0 } else { value };
    value.is_finite().then(|| value.to_string())
}

/// For reading: three significant digits, but never fewer than the whole part has; thousands apart.
pub(crate) fn rounded(value: f64) -> String {
    let size = value.abs();
    if !size.is_finite() {
        return "–".to_owned();
    }
    let places = match size {
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ => 2 + zeros_after_point(size),
    };
    let text = format!("{size:.places$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let whole = thousands(whole);
    let sign = if value < 0.0 && (whole != "0" || !fraction.is_empty()) { "-" } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// A whole number, thousands apart.
pub(crate) fn whole(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", thousands(&value.unsigned_abs().to_string()))
}

/// A count, thousands apart.
pub(crate) fn count(value: u64) -> String {
    thousands(&value.to_string())
}

/// A part of one as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", rounded(share * 100.0))
}

/// How many places a small number needs before its first digit.
fn zeros_after_point(size: f64) -> usize {
    let mut zeros = 0;
    let mut rest = size;
    while rest < 1.0 && zeros < 12 {
        rest *= 10.0;
        zeros += 1;
    }
    if size == 0.0 { 0 } else { zeros }
}

fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_reading() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (12.0, "12"),
            (1.9, "1.9"),
            (1.2345, "1.23"),
            (12.345, "12.3"),
            (99.96, "100"),
            (123.4, "123"),
            (1_234.5, "1,234"),
            (-1_234_567.0, "-1,234,567"),
            (0.012_345, "0.0123"),
            (-0.5, "-0.5"),
            (1e-15, "0"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(rounded(value), text, "{value}");
        }
        assert_eq!(whole(i64::MIN), "-9,223,372,036,854,775,808");
        assert_eq!(percent(0.2213), "22.1 %");
    }

    #[test]
    fn numbers_in_full() {
        assert_eq!(full(12.0).as_deref(), Some("12"));
        assert_eq!(full(-3.5).as_deref(), Some("-3.5"));
        assert_eq!(full(0.1 + 0.2).as_deref(), Some("0.30000000000000004"));
        assert_eq!(full(-0.0).as_deref(), Some("0"));
        assert_eq!(full(f64::NAN), None);
    }
}
