//! The known word that a misspelt one was most likely meant to be.

/// The word of `known` nearest to `word`, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().collect();
    let mut limit = (word.len() / 2).max(1);
    let mut best = None;
    let mut row = Vec::new();
    for candidate in known {
        let found = distance(candidate, &word, limit, &mut row).map(|distance| (distance, candidate));
        if let Some(found) = found.filter(|found| best.is_none_or(|best| *found < best)) {
            (limit, best) = (found.0, Some(found));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters, if it is not over `limit`; `row` is room to work in.
fn distance(a: &str, b: &[char], limit: usize, row: &mut Vec<usize>) -> Option<usize> {
    row.clear();
    row.extend(0..=b.len());
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut least = row[0];
        for (j, y) in b.iter().enumerate() {
            let next = (row[j] + 1).min(row[j + 1] + 1).min(diagonal + usize::from(x != *y));
            diagonal = row[j + 1];
            row[j + 1] = next;
            least = least.min(next);
        }
        // It never gets less again: of thousands of names few are compared to their ends.
        if least > limit {
            return None;
        }
    }
    Some(row[b.len()]).filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word_is_near() {
        assert_eq!(nearest("patern", ["pattern", "id"]), Some("pattern"));
        assert_eq!(nearest("xyz", ["pattern", "indicator"]), None);
    }
}
