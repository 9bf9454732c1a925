//! Interruption: what a Ctrl-C leaves behind, which is nothing.

use std::{fs, path::PathBuf, process, sync::Mutex};

use super::exit::Exit;

/// The temporary file that is being written.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// From now on an interruption removes this file and ends the program with its status.
pub fn leave_nothing(file: PathBuf) {
    let first = UNFINISHED.lock().is_ok_and(|mut unfinished| unfinished.replace(file).is_none());
    if first {
        // Where no handler can be set, the system's own stays: the process ends, the file is left.
        let _ = ctrlc::set_handler(|| {
            if let Ok(Some(file)) = UNFINISHED.lock().as_deref() {
                let _ = fs::remove_file(file);
            }
            process::exit(Exit::Interrupted.status().into());
        });
    }
}
