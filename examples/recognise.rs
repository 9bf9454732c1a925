//! Counts the quantities of a text by dimension: recognition alone, in memory, again and again if a number of rounds is
//! given. `benches/compare.sh` times it so.
//!
//! ```text
//! cargo run --release --example recognise -- FILE [ROUNDS]
//! ```

use std::{env, fs};

use kpi_extract::{
    quantity::Dimension,
    recognise::{lexicon::Lexicon, recognise},
};

/// How much text is handed on at once, in bytes, as the program does it.
const BLOCK: usize = 32 * 1024;

/// The pieces of a text, each of whole lines and of about [`BLOCK`] bytes.
fn blocks(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let end = text.as_bytes().get(BLOCK..).and_then(|rest| memchr::memchr(b'\n', rest));
        let (block, rest) = text.split_at(end.map_or(text.len(), |end| BLOCK + end + 1));
        text = rest;
        (!block.is_empty()).then_some(block)
    })
}

fn main() -> anyhow::Result<()> {
    let path = env::args().nth(1).ok_or_else(|| anyhow::anyhow!("which file?"))?;
    let rounds: usize = env::args().nth(2).map_or(Ok(1), |rounds| rounds.parse())?;
    let text = fs::read_to_string(path)?;
    let mut counts = [0_usize; Dimension::ALL.len()];
    for _ in 0..rounds {
        counts.fill(0);
        for quantity in blocks(&text).flat_map(|block| recognise(block, Lexicon::builtin()).quantities) {
            counts[quantity.dimension as usize] += 1;
        }
    }
    for (dimension, count) in Dimension::ALL.iter().zip(counts).filter(|(_, count)| *count > 0) {
        println!("{}\t{count}", dimension.name());
    }
    Ok(())
}
