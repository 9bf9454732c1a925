//! Repairs layer by layer, and what holds for the alignment of any text.

use proptest::prelude::*;

use super::repair;
use crate::{document::Document, span::Span};

fn repaired(text: &str) -> String {
    repair(text).text.into_owned()
}

/// Each pair: what is written and what the program sees.
fn check(pairs: &[(&str, &str)]) {
    for (written, seen) in pairs {
        assert_eq!(repaired(written), *seen, "{written:?}");
        assert_eq!(repaired(seen), *seen, "repair of {seen:?} is not stable");
    }
}

/// These need no repair, and cost no allocation.
fn check_left_alone(texts: &[&str]) {
    for text in texts {
        let document = repair(text);
        assert_eq!(document.text, *text);
        assert!(document.alignment.is_identity(), "{text:?}");
        assert!(matches!(document.text, std::borrow::Cow::Borrowed(_)), "{text:?}");
    }
}

#[test]
fn clean_text_stays_borrowed() {
    check_left_alone(&[
        "",
        "办结工单13157件，同比下降46.28%；满意率97.22%。\n",
        "一、总体情况\n全年举办招聘会7场，“一刻钟便民圈”覆盖率达95%以上（含试点）。\n",
        "发布时间：2024-07-26 09:30\n",
        "市长 张三",
        "https://www.example.cn/a?b=1,2;c=(3)!\n",
        "Annual report, 2023: \"final\" (v2); done!\n",
    ]);
}

#[test]
fn width() {
    check(&[
        ("办结１３１５７件，占９７．２２％", "办结13157件，占97.22%"),
        ("ＧＤＰ增长＋３％", "GDP增长+3%"),
        ("投入￥3万、4㎡", "投入￥3万、4㎡"),
        ("总数1，234，567件", "总数1,234,567件"),
        ("总数１，２３４，５６７件", "总数1,234,567件"),
        ("分别为20，300元", "分别为20，300元"),
        ("分别为1，234，567，8件", "分别为1，234，567，8件"),
        ("市长\u{3000}李四", "市长 李四"),
    ]);
}

#[test]
fn compatibility() {
    check(&[("⼀是⼯业⽣产", "一是工业生产")]);
}

#[test]
fn punctuation() {
    check(&[
        ("稳中求进,守正创新;好!是吗?", "稳中求进，守正创新；好！是吗？"),
        ("收入(含补助)如下:3万元", "收入（含补助）如下：3万元"),
        ("接收13,157件,办结12,900件", "接收13,157件，办结12,900件"),
        ("完成97.22%,100%,3项", "完成97.22%，100%，3项"),
        ("收到2020,2021年来信", "收到2020，2021年来信"),
        ("时间12:11,比例3:1", "时间12:11，比例3:1"),
        ("开展\"回头看\"行动,\"两个\"关键", "开展“回头看”行动，“两个”关键"),
        ("&nbsp;全年&#160;;", "全年；"),
        ("英寸5\"屏", "英寸5\"屏"),
        ("「接诉即办」与『未诉先办』", "“接诉即办”与‘未诉先办’"),
        ("详见http://a.cn/b?c=1", "详见http://a.cn/b?c=1"),
        ("收官之年 , 今年 。 ”会上", "收官之年，今年。”会上"),
    ]);
}

#[test]
fn spaces() {
    check(&[
        ("收入 72 . 2 亿元，增长 5 . 2 % ，", "收入72.2亿元，增长5.2%，"),
        ("人口（万人）  12.5\t12.1", "人口（万人）\t12.5\t12.1"),
        ("共30 ～ 50人，30 – 50人", "共30～50人，30–50人"),
        ("比例为3 : 1，", "比例为3:1，"),
        ("下降46 .28%，下降46. 28%，投资3. 5亿元", "下降46.28%，下降46.28%，投资3.5亿元"),
        ("如下：1. 28个社区", "如下：1. 28个社区"),
        ("举办 7 场 PPP 项目会", "举办7场PPP项目会"),
        ("下降4 6.28%，接收13 157件", "下降46.28%，接收13157件"),
        ("接收 13 157 件，共 1 234 567 元", "接收13157件，共1234567元"),
        ("13 157件", "13157件"),
        ("六百 六十五 万 零 二", "六百六十五万零二"),
        ("百分之 一百，负 五", "百分之一百，负五"),
        ("三百 四百", "三百 四百"),
        ("提 升 治 理 水平", "提升治理 水平"),
        ("接 收 工 单 1 3 件 ， 办 结 。", "接收工单13件，办结。"),
        ("占 46.28 % 以上", "占46.28%以上"),
        ("共30 — 50人，30 - 50岁", "共30—50人，30-50岁"),
        ("党建 + 金融，1 + 5 + N", "党建+金融，1+5+N"),
        ("\u{3000}\u{3000}全年投入3万元。 \n  办结", "全年投入3万元。\n办结"),
        ("满\u{200B}意\u{FEFF}率9\u{AD}7%", "满意率97%"),
        ("满意率\u{A0}97%", "满意率97%"),
        ("街道    办件量\t 157件", "街道\t办件量\t157件"),
        ("2023 年 12 月 5 日", "2023年12月5日"),
    ]);
    check_left_alone(&[
        "街道 2020-12-31 12:11 来源",
        "2023年 12月",
        "电话 13800000000 张三",
        "电话010 123 4567转",
        "编号13 157号",
        "张 三 出席",
        "大中 小学\t各三所",
        "第3 4.5版",
    ]);
}

#[test]
fn lines() {
    check(&[
        ("第一行。\r\n第二行。\r第三行。\u{2028}第四行。", "第一行。\n第二行。\n第三行。\n第四行。"),
        ("今年全街道共接收各类工单13\n157件。", "今年全街道共接收各类工单13157件。"),
        ("工单量同比明显下降4\n6.28%，", "工单量同比明显下降46.28%，"),
        ("群众的满意率已经达到97.\n22% ,", "群众的满意率已经达到97.22%，"),
        ("群众的满意率已经达到97.\n22%。", "群众的满意率已经达到97.22%。"),
        ("群众的满意率已经达到97\n.22%。", "群众的满意率已经达到97.22%。"),
    ]);
    check_left_alone(&[
        "街道办事处工作总结2023\n2023年，全街道完成投资3亿元。",
        "街道办事处工作总结2023\n全年完成投资3亿元，增长5%。",
        "首页\n政务公开\n工作报告\n浏览次数1208\n次",
        "实施民生项目12\n1.新建口袋公园3处。\n2.改造楼道5个。",
    ]);
}

const WRAPPED: &str = "\
某某街道全年工作总结

今年以来街道牢牢把握高质量发展这个主题，团结
带领广大干部群众埋头苦干，全年接收工单一万三
千件，办结率达98.2%，满意率达97.2%，共走访企业
1260家，解决难题35个。
一、坚持党建引领
街道党工委始终把政治建设摆在首位，开展集中学
习35次，专题研讨7场，培训党员3200余人次，新建
党群服务站6个。
";

#[test]
fn wrapped_lines_are_joined() {
    let text = repaired(WRAPPED);
    assert_eq!(
        text,
        "\
某某街道全年工作总结

今年以来街道牢牢把握高质量发展这个主题，团结带领广大干部群众埋头苦干，全年接收工单一万三千件，\
办结率达98.2%，满意率达97.2%，共走访企业1260家，解决难题35个。
一、坚持党建引领
街道党工委始终把政治建设摆在首位，开展集中学习35次，专题研讨7场，培训党员3200余人次，新建党群服务站6个。
"
    );
    let document = repair(WRAPPED);
    assert_eq!(raw_of(&document, "一万三千件"), "一万三\n千件");
    assert_eq!(document.repairs(span_of(&document, "一万三千件")).to_string(), "lines");
    assert_eq!(document.repairs(span_of(&document, "35个")).to_string(), "");
}

#[test]
fn lists_and_paragraphs_of_one_line_are_not_joined() {
    check_left_alone(&[
        // Titles of about one length.
        "某区召开半年经济工作分析会议部署\n某区启动夏季文化惠民演出系列活动\n某区推进老旧小区改造项目建设提速\n某区举办大型公益招聘会助力就业季\n",
        // Items without marks at their ends.
        "新建停车场3处，新增停车泊位260个\n改造老旧小区4个，惠及居民1800户\n建成口袋公园2处，新增绿地3000平方米\n",
        // Paragraphs, one a line.
        "全年完成投资3亿元，比上年增长5.2%，项目建设提速。\n全年举办招聘会12场，帮助860人找到工作，就业稳定。\n全年走访企业300家，解决难题48个，营商环境向好。\n",
    ]);
}

#[test]
fn script() {
    check(&[
        ("接收工單１３１５７件，滿意率九成", "接收工单13157件，满意率九成"),
        ("幹部帶頭開展後續整治，麵粉廠裏裏外外煥然一新", "干部带头开展后续整治，面粉厂里里外外焕然一新"),
        ("實踐著初心，著力解決問題，成效顯著，著名企業", "实践着初心，着力解决问题，成效显著，著名企业"),
        ("晾曬乾淨，乾隆年間的碑刻，群眾瞭解，憑藉優勢", "晾晒干净，乾隆年间的碑刻，群众了解，凭借优势"),
        ("對於餘下的項目，徵求意見，計畫反覆論證", "对于余下的项目，征求意见，计划反复论证"),
    ]);
    check_left_alone(&["乾县覆盖率、著力点、瞭望塔、於先生、沈阳"]);
    check(&[(
        "乾县人劉某，覆盖率提升到九成以上，网格员走访居民三千余户，收集意见",
        "乾县人刘某，覆盖率提升到九成以上，网格员走访居民三千余户，收集意见",
    )]);
}

#[test]
fn private_use() {
    check(&[("办结\u{E000}件\u{F0001}\u{10FFFD}\u{F8FF}", "办结\u{FFFD}件\u{FFFD}\u{FFFD}\u{FFFD}")]);
    assert_eq!(repair("\u{E000}").repairs(Span::new(0, 3)).to_string(), "private-use");
}

fn span_of(document: &Document<'_>, figure: &str) -> Span {
    let start = document.text.find(figure).unwrap_or_else(|| panic!("no {figure} in {}", document.text));
    Span::new(start, start + figure.len())
}

fn raw_of<'d>(document: &'d Document<'_>, figure: &str) -> &'d str {
    document.raw(span_of(document, figure))
}

/// How a figure may be written, each with the form that the program sees.
fn figures() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("13157件", "13157件"),
        ("１３１５７件", "13157件"),
        ("13 157件", "13157件"),
        ("13157 件", "13157件"),
        ("1３,157\u{3000}件", "13,157件"),
        ("13\n157件", "13157件"),
        ("1\u{200B}3157件", "13157件"),
        ("4 6.28%", "46.28%"),
        ("４６．２８％", "46.28%"),
        ("三萬餘個", "三万余个"),
        ("1，234，567 元", "1,234,567元"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn figures_are_found_as_they_were_written(
        (written, seen) in figures(),
        before in prop::sample::select(vec!["全年接收各类", "全街道共接收各類工單", "今年 , 全街道共接收工单", "“开展”行动，\u{3000}共接收各类工单\u{200B}"]),
        after in prop::sample::select(vec!["，同比增长。", " , 同比增長。", "\u{200B} ；同比", "\n\n其他情况。", ""]),
    ) {
        let text = format!("{before}{written}{after}");
        let document = repair(&text);
        prop_assert_eq!(raw_of(&document, seen), written);
    }

    #[test]
    fn alignments_are_monotone_and_in_bounds(text in "[ 　\t\n\r,，.．:;()\"「13１３０—%％+年月件萬著乾提升A\u{200B}\u{E000}\u{F0000}𠀀é。、一\\-]{0,60}") {
        let document = repair(&text);
        let mut places: Vec<usize> = document.text.char_indices().map(|(at, _)| at).collect();
        places.push(document.text.len());
        let mut last = 0;
        for pair in places.windows(2) {
            let source = document.alignment.source(Span::new(pair[0], pair[1]));
            prop_assert!(source.start >= last && source.end > source.start && source.end <= text.len());
            let raw = source.of(&text);
            prop_assert!(raw.chars().count() == 1 || raw.chars().all(|c| c.is_whitespace() || c == '\u{200B}'), "{:?} for one character", raw);
            last = source.end;
        }
        for (i, &start) in places.iter().enumerate() {
            for &end in &places[i + 1..] {
                let source = document.alignment.source(Span::new(start, end));
                let first = document.alignment.source(Span::new(start, places[i + 1]));
                prop_assert_eq!(source.start, first.start);
                prop_assert!(text.is_char_boundary(source.end) && source.end >= first.end);
            }
        }
        prop_assert!(!document.text.chars().any(|c| matches!(c as u32, 0xE000..=0xF8FF | 0xF_0000..)));
        prop_assert!(!document.text.contains('\r'));
        if document.alignment.is_identity() {
            prop_assert_eq!(document.text.as_ref(), text.as_str());
        }
    }
}

#[test]
fn long_lines_and_long_runs_take_linear_time() {
    for unit in [
        " ",
        "1 ",
        "123 ",
        "一 ",
        "一 1 ",
        ",",
        "1，234",
        "\"",
        "(",
        "工单13 157件 ",
        "\n",
        "一\n",
        "萬著",
        "年 1:",
        "乾",
        "\t一",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let started = std::time::Instant::now();
        let document = repair(&text);
        assert!(started.elapsed().as_secs() < 5, "{unit:?}");
        assert!(document.text.len() <= 3 * text.len());
    }
}
