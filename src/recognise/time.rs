//! Dates, times and periods as the text has them.
