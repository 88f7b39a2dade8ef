//! The name that was meant.

/// The known name that a mistyped one most likely means, if any is near enough.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn slips_find_their_name_and_other_names_find_none() {
        let known = ["growth.active_contributors", "latency.issue_close"];
        assert_eq!(super::nearest("growth.active_contributers", known), Some("growth.active_contributors"));
        assert_eq!(super::nearest("meetings.attendance", known), None);
    }
}
