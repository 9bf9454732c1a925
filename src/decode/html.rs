//! Pages of the web: title, date, source and the main content, without what surrounds it.
//!
//! The main content is where the running text is: from the body down, the part that holds most of it, or a part that
//! calls itself the content and holds a good share. In it, what is named as furniture and lists of links are left out.

mod tree;

use std::collections::BTreeSet;

use tree::{Block, Node, Tree};

use super::{
    Encoding, Error, Page, Text,
    draft::{Draft, Grid},
    plain,
};

/// Elements that hold no text of the report, wherever they stand.
const SILENT: &[&str] = &[
    "aside", "audio", "button", "canvas", "datalist", "dialog", "embed", "footer", "head", "iframe", "map",
    "math", "menu", "nav", "noscript", "object", "script", "select", "style", "svg", "template", "textarea",
    "video",
];
/// What parts round a report are called, by a word of their class or id.
const CLUTTER: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "banner",
    "bdshare",
    "breadcrumb",
    "breadcrumbs",
    "comment",
    "comments",
    "copyright",
    "crumb",
    "crumbs",
    "dqwz",
    "ewm",
    "fenxiang",
    "foot",
    "footer",
    "friendlink",
    "hot",
    "hotnews",
    "link",
    "links",
    "location",
    "login",
    "menu",
    "nav",
    "navbar",
    "navi",
    "navigation",
    "pager",
    "pagination",
    "pinglun",
    "position",
    "print",
    "qrcode",
    "rank",
    "recommend",
    "recommended",
    "relate",
    "related",
    "search",
    "share",
    "sidebar",
    "sitemap",
    "tags",
    "toolbar",
    "topbar",
    "weizhi",
    "xgwz",
    "xgxw",
    "xgyd",
];
/// What the main content is called.
const CONTENT: &[&str] = &[
    "article",
    "articlecontent",
    "content",
    "contents",
    "detail",
    "editor",
    "entry",
    "main",
    "maintext",
    "newscontent",
    "post",
    "text",
    "ucap",
    "view",
    "zhengwen",
    "zoom",
];
/// Names of `<meta>` for title, date and source.
const TITLE: &[&str] = &["articletitle", "og:title"];
const DATE: &[&str] = &["pubdate", "article:published_time", "publishdate", "og:release_date", "date"];
const SOURCE: &[&str] = &["contentsource", "source", "og:article:author"];
/// What parts a page's title from the name of its site.
const SEPARATORS: &[char] = &['_', '|', '-', '–', '—', '－', '｜'];

/// The text of a page.
pub(super) fn text(bytes: &[u8], encoding: Option<Encoding>, limit: usize) -> Result<Text<'static>, Error> {
    let page = plain(bytes, encoding, true)?;
    let tree = Tree::parse(&page.text);
    let clutter = Clutter::of(&tree);
    let main = clutter.main(&tree);
    let mut draft = Draft::new(limit);
    let body = shown(&tree, &clutter, main, limit)?;
    for line in head(&tree, &clutter, &body) {
        draft.lines(&line);
    }
    draft.words(&body);
    let mut text = draft.finish()?;
    text.flaws = page.flaws;
    Ok(text)
}

/// Title, and date with source, where the main content does not begin with them.
fn head(tree: &Tree, clutter: &Clutter, body: &str) -> Vec<String> {
    let begins: String = body.chars().take(400).filter(|c| !c.is_whitespace()).collect();
    let mut lines = Vec::new();
    let title = clutter
        .heading
        .map(|node| tree.words(node))
        .or_else(|| tree.meta(TITLE))
        .or_else(|| tree.title.as_deref().map(without_site));
    if let Some(title) = title.filter(|title| !title.is_ascii()) {
        let known: String = title.chars().filter(|c| !c.is_whitespace()).collect();
        if !begins.contains(&known) {
            lines.push(title);
        }
    }
    let date = tree.meta(DATE).filter(|date| date.starts_with(|c: char| c.is_ascii_digit()));
    let source = tree.meta(SOURCE).filter(|source| !begins.contains(source.as_str()));
    let date = date.filter(|date| !begins.contains(date.get(..10).unwrap_or(date)));
    let told = [date.map(|date| format!("发布时间：{date}")), source.map(|source| format!("来源：{source}"))];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if !told.is_empty() {
        lines.push(told.join(" "));
    }
    lines
}

/// A page's title without the name of its site after it.
fn without_site(title: &str) -> String {
    let title = title.trim();
    let cut = title.rfind(SEPARATORS).filter(|&at| title[..at].chars().count() >= 6);
    title[..cut.unwrap_or(title.len())].trim().to_owned()
}

/// Which parts of a page are not the report's.
struct Clutter {
    left_out: BTreeSet<usize>,
    /// The first heading of the highest rank.
    heading: Option<usize>,
}

impl Clutter {
    fn of(tree: &Tree) -> Self {
        let mut left_out = BTreeSet::new();
        let mut heading = None;
        for (index, node) in tree.nodes.iter().enumerate() {
            if SILENT.contains(&node.tag.as_str()) || node.hidden || is_clutter(node) || is_links(tree, index)
            {
                left_out.insert(index);
            }
            if node.tag == "h1" && heading.is_none() && !tree.words(index).is_empty() {
                heading = Some(index);
            }
        }
        Self { left_out, heading }
    }

    /// Where the running text is.
    fn main(&self, tree: &Tree) -> usize {
        let mut prose = vec![0_usize; tree.nodes.len()];
        let mut silent = vec![false; tree.nodes.len()];
        for index in 0..tree.nodes.len() {
            let above = tree.nodes[index].parent;
            silent[index] = self.left_out.contains(&index) || index > 0 && silent[above];
        }
        // Children come after their parents.
        for index in (0..tree.nodes.len()).rev() {
            if silent[index] {
                prose[index] = 0;
                continue;
            }
            let node = &tree.nodes[index];
            if node.tag != "a" {
                prose[index] += node.own;
            }
            if index > 0 {
                prose[node.parent] += prose[index];
            }
        }
        let all = prose.first().copied().unwrap_or(0);
        let mut named: Option<usize> = None;
        for (index, node) in tree.nodes.iter().enumerate() {
            let content = matches!(node.tag.as_str(), "article" | "main")
                || node.names.iter().any(|name| CONTENT.contains(&name.as_str()));
            // The innermost of those that hold nearly as much as the one round them.
            if content
                && node.block != Block::Inline
                && prose[index] * 2 > all
                && named.is_none_or(|outer| prose[index] * 10 >= prose[outer] * 9)
            {
                named = Some(index);
            }
        }
        let mut at = named.unwrap_or(0);
        loop {
            let most = tree.nodes[at]
                .children
                .iter()
                .copied()
                .max_by_key(|&child| (prose[child], usize::MAX - child));
            match most {
                Some(child) if named.is_none() && prose[child] * 5 > all * 4 && is_container(tree, child) => {
                    at = child;
                }
                _ => return at,
            }
        }
    }
}

/// Whether a part may hold a report: one of several lines.
fn is_container(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    node.block == Block::Flow
        && node.tag != "p"
        && node.children.iter().any(|&child| !matches!(tree.nodes[child].block, Block::Text | Block::Inline))
}

fn is_clutter(node: &Node) -> bool {
    node.block != Block::Inline
        && !matches!(node.tag.as_str(), "body" | "html" | "form" | "main" | "article" | "h1" | "h2")
        && node.names.iter().any(|name| CLUTTER.contains(&name.as_str()))
        && !node.names.iter().any(|name| CONTENT.contains(&name.as_str()))
}

/// Whether a part is a list of links: three or more, and little between them.
fn is_links(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    node.block == Block::Flow
        && node.links >= 3
        && node.linked * 10 >= node.all * 7
        && !matches!(node.tag.as_str(), "body" | "html")
}

/// The lines of a part.
fn shown(tree: &Tree, clutter: &Clutter, main: usize, limit: usize) -> Result<String, Error> {
    let mut draft = Draft::new(limit);
    let mut line = String::new();
    flow(tree, clutter, main, &mut draft, &mut line);
    draft.lines(&line);
    draft.finish().map(|text| text.text.into_owned())
}

/// Writes the lines of a part; `line` is the one that is being written. The tree is no deeper than it may be.
fn flow(tree: &Tree, clutter: &Clutter, index: usize, draft: &mut Draft, line: &mut String) {
    if clutter.left_out.contains(&index) {
        return;
    }
    let node = &tree.nodes[index];
    let end = |draft: &mut Draft, line: &mut String| {
        draft.lines(line);
        line.clear();
    };
    match node.block {
        Block::Text => line.push_str(&node.text),
        Block::Break => line.push('\n'),
        Block::Table => {
            end(draft, line);
            draft.table(grid(tree, clutter, index));
        }
        Block::Inline | Block::Cell => {
            node.children.iter().for_each(|&child| flow(tree, clutter, child, draft, line));
        }
        Block::Flow | Block::Row => {
            end(draft, line);
            node.children.iter().for_each(|&child| flow(tree, clutter, child, draft, line));
            end(draft, line);
        }
    }
}

fn grid(tree: &Tree, clutter: &Clutter, table: usize) -> Grid {
    let mut grid = Grid::default();
    rows(tree, clutter, table, &mut grid);
    grid
}

fn rows(tree: &Tree, clutter: &Clutter, index: usize, grid: &mut Grid) {
    for &child in &tree.nodes[index].children {
        let node = &tree.nodes[child];
        if clutter.left_out.contains(&child) {
            continue;
        }
        match node.block {
            Block::Row => {
                for &cell in &node.children {
                    let text = shown(tree, clutter, cell, usize::MAX).unwrap_or_default();
                    let (columns, rows) = tree.nodes[cell].spans;
                    if tree.nodes[cell].block == Block::Cell || !text.is_empty() {
                        grid.cell(text, Page::None, columns, rows);
                    }
                }
                grid.end_row();
            }
            Block::Text if node.text.trim().is_empty() => {}
            Block::Text | Block::Flow if node.tag.is_empty() || node.tag == "caption" => {
                grid.cell(shown(tree, clutter, child, usize::MAX).unwrap_or_default(), Page::None, 1, 1);
                grid.end_row();
            }
            _ => rows(tree, clutter, child, grid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str) -> String {
        text(page.as_bytes(), None, 1 << 20).unwrap().text.into_owned()
    }

    const PARAGRAPH: &str = "全年接收工单1.3万余件，同比下降46.28%，满意率达到97%，各项工作取得新的进展。";

    #[test]
    fn the_main_content_is_found_among_what_surrounds_it() {
        let page = format!(
            "<!DOCTYPE html><html><head><title>新桥街道2023年工作总结_某区人民政府</title>
            <meta name='PubDate' content='2024-01-15 09:30'><meta name=\"ContentSource\" content=\"新桥街道\">
            <style>p {{ color: red }}</style><script>var a = '<p>12件</p>';</script></head>
            <body><div class='header-nav'><a href=/>首页</a><a href=/x>政务公开</a> 浏览35次</div>
            <div class=wrap><div class='left'><div class='TRS_Editor'><p>&nbsp;&nbsp;{PARAGRAPH}</p><P>{PARAGRAPH}<br>下一步，新建公园<b>3</b>处。
            <!-- 删去2处 --><div style='display:none'>暗藏8处。</div></div></div>
            <ul class=list><li><a href=1>修路3条</a><li><a href=2>植树5万株</a><li><a href=3>办实事20件</a></ul>
            <div id='comment-list'><p>点赞99次，评论8条。</p></div></div>
            <footer>版权所有 备案12345号</footer></body></html>"
        );
        assert_eq!(
            read(&page),
            format!(
                "新桥街道2023年工作总结\n发布时间：2024-01-15 09:30 来源：新桥街道\n{PARAGRAPH}\n{PARAGRAPH}\n下一步，新建公园3处。\n"
            )
        );
    }

    #[test]
    fn tables_are_lines_of_cells() {
        let page = format!(
            "<p>{PARAGRAPH}</p><table><caption>主要指标</caption><tr><th rowspan=2>指标<th colspan=2>2023年
            <tr><td>金额（亿元）<td>增速（%）<tr><td>税收<td>12.5<td>3</table><p>完</p>"
        );
        assert_eq!(
            read(&page),
            format!(
                "{PARAGRAPH}\n主要指标\n指标\t2023年\t/\n/\t金额（亿元）\t增速（%）\n税收\t12.5\t3\n完\n"
            )
        );
    }

    #[test]
    fn a_bare_page_is_all_content() {
        assert_eq!(read("<html><body>全年新建公园3处。<p>修路5条"), "全年新建公园3处。\n修路5条\n");
        assert_eq!(read(""), "");
    }

    #[test]
    fn deep_and_endless_pages_end() {
        let deep =
            format!("{}新建公园3处。{}", "<div><b><table><tr><td>".repeat(20_000), "</p>".repeat(20_000));
        assert_eq!(read(&deep), "新建公园3处。\n");
        assert_eq!(read(&"<p><a href=x>".repeat(50_000)), "");
    }
}
