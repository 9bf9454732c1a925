//! Names that lead to one another: the way on which one leads back to itself.

use std::collections::BTreeSet;

/// The way from a name on the way from `start` back to itself, if there is one. `next` gives the names that one leads
/// to; names without such a way are put with the `sound` ones, which are not looked at again.
pub(super) fn circle<'a>(
    start: &'a str,
    next: impl Fn(&str) -> Vec<&'a str>,
    sound: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    let mut way = vec![(start, next(start))];
    let mut open = BTreeSet::from([start]);
    while let Some((name, rest)) = way.last_mut() {
        let Some(inner) = rest.pop() else {
            open.remove(*name);
            sound.insert(*name);
            way.pop();
            continue;
        };
        if sound.contains(inner) {
            continue;
        }
        if !open.insert(inner) {
            let back = way.iter().map(|(name, _)| *name).skip_while(|name| *name != inner);
            return Some(back.chain([inner]).collect());
        }
        way.push((inner, next(inner)));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_that_of_the_circle_alone() {
        let next = |name: &str| match name {
            "a" => vec!["b", "e"],
            "b" => vec!["c"],
            "c" => vec!["d"],
            "d" => vec!["b"],
            _ => vec![],
        };
        let mut sound = BTreeSet::new();
        assert_eq!(circle("a", next, &mut sound), Some(vec!["b", "c", "d", "b"]));
        assert_eq!(sound, BTreeSet::from(["e"]));
        assert_eq!(circle("x", next, &mut sound), None);
        assert_eq!(circle("y", |_| vec!["y"], &mut sound), Some(vec!["y", "y"]));
    }
}
