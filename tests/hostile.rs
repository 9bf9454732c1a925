//! Input that means ill, or is broken: each costs one line and exit 1, in bounded time and memory, and the rows of the
//! others are whole.

mod harness;

use std::{
    fs::{self, File},
    io::Write,
    time::{Duration, Instant},
};

use harness::Run;

/// What the good report beside it must give.
const GOOD: &str = "value\n8\n";
/// Longer than this nothing may take, on a busy machine and unoptimised.
const PATIENCE: Duration = Duration::from_mins(1);

/// A run over a bad input and a good one; what is said of the bad one must hold `parts`.
fn refused(name: &str, bytes: &[u8], parts: &[&str]) {
    let mut said = vec![name];
    said.extend(parts);
    let begun = Instant::now();
    Run::new("--columns value")
        .arg(name)
        .arg("good.txt")
        .file(name, bytes)
        .file("good.txt", "接收工单8件。")
        .stdout(GOOD)
        .stderr_lines(1)
        .stderr_has(&said)
        .status(1)
        .done();
    assert!(begun.elapsed() < PATIENCE, "{name}: {:?}", begun.elapsed());
}

#[cfg(any(feature = "archives", feature = "docx"))]
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn files_larger_than_may_be() {
    let begun = Instant::now();
    Run::new("huge.txt good.txt --columns value")
        .prepare(|folder| File::create(folder.join("huge.txt")).unwrap().set_len(2 << 30).unwrap())
        .file("good.txt", "接收工单8件。")
        .stdout(GOOD)
        .stderr("kpi-extract: huge.txt: too large: the limit is 268435456 bytes (--max-size)\n")
        .status(1)
        .done();
    Run::new("- --max-size 1K")
        .stdin("接".repeat(1000))
        .stdout(harness::HEADER)
        .stderr("kpi-extract: -: too large: the limit is 1024 bytes (--max-size)\n")
        .status(1)
        .done();
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn formats_that_are_not_read_are_told_how_to_become_some() {
    let old = |stream: &str| {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize(1024, 0);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    refused("a.doc", &old("WordDocument"), &["soffice --headless --convert-to docx FILE"]);
    refused("a.wps", &old("WordDocument"), &["soffice --headless --convert-to docx FILE"]);
    refused("a.docx", &old("EncryptedPackage"), &["encrypted"]);
    refused("a.rtf", b"{\\rtf1 }", &["RTF", "soffice"]);
    refused("a.txt", b"\x89PNG\r\n\x1A\n", &["PNG"]);
    refused("a.docx", "接收工单7件。".as_bytes(), &["DOCX", "does not begin like one"]);
    refused("a.txt", b"abc\0", &["NUL byte at offset 3"]);
}

#[test]
fn bytes_that_are_no_text() {
    let bytes = ["接收工单9件。\n".repeat(9).as_bytes(), b"\xFF", "接收工单7件。".as_bytes()].concat();
    Run::new("a.txt --columns value")
        .file("a.txt", bytes)
        .stdout(format!("value\n{}7\n", "9\n".repeat(9)))
        .stderr("kpi-extract: a.txt: 1 byte that is no UTF-8, the first at offset 180: read as U+FFFD\n")
        .status(1)
        .done();
    // What may have lost a digit is flagged.
    let bytes =
        ["接收工单9件。\n".repeat(9).as_bytes(), "接收工单".as_bytes(), b"\xFF", "7件。".as_bytes()].concat();
    Run::new("a.txt --columns value,damaged --no-header")
        .file("a.txt", bytes)
        .stdout(format!("{}7,damaged\n", "9,\n".repeat(9)))
        .stderr_has(&["offset 192"])
        .status(1)
        .done();
    refused("random.txt", &(0..4000_u32).map(|i| ((i * i * 31) >> 3) as u8 | 0x80).collect::<Vec<u8>>(), &[]);
}

#[test]
#[cfg(feature = "archives")]
fn archives() {
    let report = "接收工单7件。".as_bytes();
    refused("bomb.zip", &zip(&[("a.txt", &vec![b'a'; 300 << 20])]), &["bomb.zip/a.txt", "unpacks to more"]);
    let mut deep = zip(&[("a.txt", report)]);
    for _ in 0..4 {
        deep = zip(&[("a.zip", &deep)]);
    }
    refused("deep.zip", &deep, &["more than 3 deep"]);
    refused("cut.zip", &zip(&[("a.txt", report)])[..60], &["ZIP archive that is damaged or cut off"]);
    refused("none.zip", &zip(&[("a.exe", b"MZ")]), &["no reports in this archive"]);
    refused("a.txt.gz", b"\x1F\x8B\x08\0\0", &["damaged or cut off"]);
    refused("a.txt.zst", b"\x28\xB5\x2F\xFD\x04", &["damaged or cut off"]);
    // Names lead nowhere: nothing is written.
    Run::new("a.zip --columns value,document --no-header")
        .file("a.zip", zip(&[("../../etc/报告.txt", report), ("b\\c.txt", report)]))
        .stdout("7,a.zip/../../etc/报告.txt\n7,a.zip/b/c.txt\n")
        .done();
}

#[test]
#[cfg(feature = "docx")]
fn office_documents() {
    let document =
        |xml: &str| zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())]);
    let laughs =
        "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><d>&c;</d>";
    refused("laughs.docx", &document(laughs), &["declaration of types"]);
    let outside = "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><d>&a;</d>";
    refused("outside.docx", &document(outside), &["declaration of types"]);
    refused("deep.docx", &document(&"<w:p>".repeat(100_000)), &["deep"]);
    refused("cut.docx", &document("<w:document><w:p>"), &["ends in the middle"]);
    let whole = document("<w:document><w:p><w:r><w:t>接收工单7件。</w:t></w:r></w:p></w:document>");
    refused("half.docx", &whole[..whole.len() / 2], &["damaged or cut off"]);
    let spaces = " ".repeat(300 << 20);
    refused("bomb.docx", &document(&format!("<w:document>{spaces}</w:document>")), &["unpacks to more"]);
}

#[test]
#[cfg(feature = "pdf")]
fn pdf() {
    refused("cut.pdf", b"%PDF-1.7\n1 0 obj <<", &["PDF"]);
    refused("half.pdf", b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[9 0 R]/Count 1>> endobj\ntrailer <</Root 1 0 R>>\n", &["PDF"]);
    refused("a.pdf", b"no such thing", &["PDF", "does not begin like one"]);
    // A form that draws itself, and forms of which each draws the next ten times.
    let page = |forms: &str| {
        format!(
            "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
             3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 10 0 R>>>>>> endobj\n\
             4 0 obj <</Length 4>> stream\n/F Do\nendstream endobj\n{forms}trailer <</Root 1 0 R>>\n%%EOF\n"
        )
    };
    let form = |number: usize, next: usize, draws: &str| {
        format!(
            "{number} 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F {next} 0 R>>>>/Length {}>> stream\n{draws}\nendstream endobj\n",
            draws.len()
        )
    };
    let selves = page(&form(10, 10, "/F Do /F Do"));
    Run::new("selves.pdf good.txt --columns value")
        .file("selves.pdf", selves)
        .file("good.txt", "接收工单8件。")
        .stdout(GOOD)
        .done();
    let laughs: String = (10..40).map(|n| form(n, n + 1, &"/F Do ".repeat(10))).collect();
    refused("laughs.pdf", page(&laughs).as_bytes(), &["PDF", "without an end"]);
    let objects: String = (10..200_000).map(|n| format!("{n} 0 obj <</A {} 0 R>> endobj\n", n + 1)).collect();
    let begun = Instant::now();
    Run::new("objects.pdf").file("objects.pdf", page(&objects)).stdout(harness::HEADER).done();
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
#[cfg(feature = "html")]
fn pages_of_a_million_tags() {
    let begun = Instant::now();
    let page = format!("<html>{}接收工单7件。", "<div><b><p><table><td><a>".repeat(200_000));
    Run::new("deep.html --columns value --no-header").file("deep.html", page).stdout("7\n").done();
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn records() {
    let lines = "{\"id\":\"一\",\"text\":\"接收工单7件。\"}\n{\"text\":\n\n{\"id\":2,\"body\":\"8件\"}\n[1]\n{\"text\":[\"接收工单8件。\",null]}\n";
    Run::new("a.jsonl --columns value,document --no-header")
        .file("a.jsonl", lines)
        .stdout("7,一\n8,a.jsonl:6\n")
        .stderr_lines(3)
        .stderr_has(&[
            "a.jsonl:2: no JSON object",
            "a.jsonl:4: no field `text` (--text-field)",
            "a.jsonl:5: ",
        ])
        .status(1)
        .done();
    Run::new("- --input-format jsonl --text-field title,body --id-field url --columns value,period,document --no-header")
        .stdin("{\"url\":\"u/1\",\"title\":\"某街道2023年工作总结\",\"body\":\"接收工单7件。\"}")
        .stdout("7,2023,u/1\n")
        .done();
    Run::new("a.jsonl --max-size 1K --columns value --no-header")
        .file("a.jsonl", format!("{{\"text\":\"{}\"}}\n{{\"text\":\"接收工单7件。\"}}\n", "长".repeat(1000)))
        .stdout("7\n")
        .stderr("kpi-extract: a.jsonl:1: too large: the limit is 1024 bytes (--max-size)\n")
        .status(1)
        .done();
}

#[test]
#[cfg(unix)]
fn folders_that_cannot_be_opened() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let shut = folder.path().join("shut");
    fs::create_dir(&shut).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&shut).is_ok() {
        println!("left out: whoever runs the test may open everything");
        return;
    }
    Run::new("--columns value")
        .arg(folder.path())
        .arg("good.txt")
        .file("good.txt", "接收工单8件。")
        .stdout(GOOD)
        .stderr_lines(1)
        .stderr_has(&["shut: permission denied"])
        .status(1)
        .done();
}
