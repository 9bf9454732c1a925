//! The rule files that the program carries: everything in `rules/`, through the same loader as users' files.

use super::source::Source;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $name)))),*]
    };
}

/// Names and texts, sorted.
pub const FILES: &[(&str, &str)] = files![
    "agriculture.toml",
    "culture.toml",
    "economy.toml",
    "education.toml",
    "environment.toml",
    "fragments.toml",
    "governance.toml",
    "guards.toml",
    "health.toml",
    "hedges.toml",
    "hotline.toml",
    "livelihood.toml",
    "open.toml",
    "party.toml",
    "renewal.toml",
    "safety.toml",
    "technology.toml",
    "trim.toml",
    "units.toml",
    "words.toml",
];

/// The same as sources of the loader.
pub fn sources() -> Vec<Source> {
    FILES
        .iter()
        .map(|(name, text)| Source { name: format!("builtin:{name}"), text: (*text).to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.rsplit_once('.').is_some_and(|(_, extension)| extension == "toml"))
            .collect();
        there.sort();
        let ours: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(ours, there);
    }
}
