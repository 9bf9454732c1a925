//! Compound files, which old Office documents are: whether their sectors form chains that end, before what reads them
//! follows one.

/// Where the header holds the first 109 sectors of the table, and how much it has in all.
const FIRST: usize = 76;
const HEADER: usize = 512;
/// What ends a chain; from here on numbers are no sectors.
const RESERVED: u32 = 0xFFFF_FFFA;

/// Whether following the table of sectors from any of them never ends.
pub(super) fn has_loops(bytes: &[u8]) -> bool {
    let number = |at: usize| {
        bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).map(u32::from_le_bytes)
    };
    let shift = bytes.get(30).copied().unwrap_or(9);
    if !(7..=16).contains(&shift) {
        return true;
    }
    let size = 1_usize << shift;
    let place = |sector: u32| (sector as usize).checked_add(1).and_then(|sector| sector.checked_mul(size));
    let most = bytes.len() / size + 1;
    // The sectors that hold the table: the first in the header, the others in a chain of their own.
    let mut holders: Vec<u32> = (FIRST..HEADER).step_by(4).filter_map(number).collect();
    let mut next = number(68).unwrap_or(RESERVED);
    let mut followed = 0;
    while next < RESERVED {
        followed += 1;
        let Some(at) = place(next).filter(|_| followed <= most) else { return true };
        holders.extend((at..at + size - 4).step_by(4).filter_map(number));
        next = number(at + size - 4).unwrap_or(RESERVED);
    }
    holders.retain(|&holder| holder < RESERVED);
    if holders.len() > most {
        return true;
    }
    let table: Vec<u32> = holders
        .into_iter()
        .filter_map(place)
        .flat_map(|at| (at..at.saturating_add(size)).step_by(4).filter_map(number))
        .collect();
    // Each sector is passed once: by the walk that this number is of.
    let mut passed = vec![u32::MAX; table.len()];
    for start in 0..table.len() {
        let mut at = start;
        while let Some(&next) = table.get(at) {
            if passed[at] != u32::MAX {
                if passed[at] == start as u32 {
                    return true;
                }
                break;
            }
            passed[at] = start as u32;
            if next >= RESERVED {
                break;
            }
            at = next as usize;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(table: [u32; 4]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[30] = 9;
        bytes[68..72].fill(0xFF);
        bytes[FIRST..].fill(0xFF);
        bytes[FIRST..FIRST + 4].copy_from_slice(&0_u32.to_le_bytes());
        let free = std::iter::repeat(u32::MAX);
        bytes.extend(table.into_iter().chain(free).take(128).flat_map(u32::to_le_bytes));
        bytes
    }

    #[test]
    fn chains_that_end_and_chains_that_do_not() {
        assert!(!has_loops(&file([0xFFFF_FFFD, 2, 3, 0xFFFF_FFFE])));
        assert!(has_loops(&file([0xFFFF_FFFD, 2, 3, 1])));
        assert!(has_loops(&file([0xFFFF_FFFD, 1, 3, 1])));
    }
}
