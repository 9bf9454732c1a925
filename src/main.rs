//! The `kpi-extract` command.
use std::sync::Arc;
fn main() {
    let rules = match kpi_extract::rules::RuleSet::load(&[], true) { Ok(r) => Arc::new(r), Err(e) => { eprintln!("{e}"); std::process::exit(2) } };
    let ex = kpi_extract::extract::Extractor::new(rules, Default::default());
    for p in std::env::args().skip(1) {
        let b = std::fs::read(&p).unwrap();
        ex.extract(&p, &b, &mut |r| {
            println!("{}", serde_json::json!({"indicator": r.indicator, "value": r.value.normalize().to_string(), "high": r.high.map(|h| h.normalize().to_string()), "unit": r.unit, "qualifier": r.qualifier.name(), "kind": r.kind.name(), "status": r.status.name(), "period": r.period, "raw": r.raw, "document": r.document, "start": r.start, "end": r.end, "rule": r.rule, "district": r.district, "section": r.section}));
        }).unwrap();
    }
}
