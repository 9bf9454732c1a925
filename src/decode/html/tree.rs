//! The tree of a page, as far as it matters for its text: made in one pass over its tokens, of bounded depth, whatever
//! is closed or not.

use html5gum::{
    Span, State, Tokenizer,
    emitters::callback::{CallbackEmitter, CallbackEvent},
};

/// How deep elements may lie in one another; what lies deeper is put there.
const DEPTH: usize = 200;
/// How far up an end tag looks for what it ends.
const REACH: usize = 64;

/// What an element does to the lines of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// It is text.
    Text,
    /// Nothing.
    Inline,
    /// It stands on lines of its own.
    Flow,
    /// It ends a line.
    Break,
    /// A table, a row, a cell.
    Table,
    Row,
    Cell,
}

/// An element, or a text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub tag: String,
    pub block: Block,
    /// The words of its class and id.
    pub names: Vec<String>,
    pub hidden: bool,
    /// Columns and rows that a cell spans.
    pub spans: (usize, usize),
    pub text: String,
    pub children: Vec<usize>,
    pub parent: usize,
    /// Characters of running text that stand in it directly.
    pub own: usize,
    /// Characters in it, those of them in links, and how many links there are.
    pub all: usize,
    pub linked: usize,
    pub links: usize,
}

/// A page.
#[derive(Debug)]
pub(super) struct Tree {
    /// Parents before children; the first is the root.
    pub nodes: Vec<Node>,
    pub title: Option<String>,
    metas: Vec<(String, String)>,
}

/// A tag that is being read.
#[derive(Default)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

enum Token {
    Start(Tag),
    End(String),
    Text(String),
}

impl Tree {
    /// Reads a page.
    pub(super) fn parse(page: &str) -> Self {
        let mut tag = Tag::default();
        let mut emitter = CallbackEmitter::new(move |event: CallbackEvent<'_>, _: Span<()>| {
            let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            match event {
                CallbackEvent::OpenStartTag { name } => {
                    tag = Tag { name: words(name), attributes: Vec::new() };
                }
                CallbackEvent::AttributeName { name } => {
                    if matches!(
                        name,
                        b"class"
                            | b"id"
                            | b"style"
                            | b"hidden"
                            | b"colspan"
                            | b"rowspan"
                            | b"name"
                            | b"property"
                            | b"content"
                    ) {
                        tag.attributes.push((words(name), String::new()));
                    } else {
                        tag.attributes.push(Default::default());
                    }
                }
                CallbackEvent::AttributeValue { value } => {
                    if let Some((_, own)) = tag.attributes.last_mut().filter(|(name, _)| !name.is_empty()) {
                        *own = words(value);
                    }
                }
                CallbackEvent::CloseStartTag { .. } => return Some(Token::Start(std::mem::take(&mut tag))),
                CallbackEvent::EndTag { name } => return Some(Token::End(words(name))),
                CallbackEvent::String { value } => return Some(Token::Text(words(value))),
                _ => {}
            }
            None
        });
        emitter.naively_switch_states(true);
        let mut builder = Builder::new();
        let mut tokens = Tokenizer::new_with_emitter(page, emitter);
        tokens.set_state(State::Data);
        for Ok(token) in tokens {
            match token {
                Token::Start(tag) => builder.start(tag),
                Token::End(name) => builder.end(&name),
                Token::Text(text) => builder.text(&text),
            }
        }
        builder.finish()
    }

    /// What the page says of itself under one of these names, the first first.
    pub(super) fn meta(&self, names: &[&str]) -> Option<String> {
        let of = |name: &&str| self.metas.iter().find(|(own, content)| own == name && !content.is_empty());
        names.iter().find_map(of).map(|(_, content)| content.clone())
    }

    /// The words of an element.
    pub(super) fn words(&self, index: usize) -> String {
        let mut words = String::new();
        let mut left = vec![index];
        while let Some(index) = left.pop() {
            words.push_str(&self.nodes[index].text);
            left.extend(self.nodes[index].children.iter().rev());
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

struct Builder {
    tree: Tree,
    /// The open elements, the innermost last.
    open: Vec<usize>,
    /// Elements that are open beyond the depth.
    beyond: usize,
    in_title: bool,
    preformatted: usize,
}

impl Builder {
    fn new() -> Self {
        let root = node("html".into(), Block::Flow, 0);
        Self {
            tree: Tree { nodes: vec![root], title: None, metas: Vec::new() },
            open: vec![0],
            beyond: 0,
            in_title: false,
            preformatted: 0,
        }
    }

    fn parent(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    fn add(&mut self, node: Node) -> usize {
        let index = self.tree.nodes.len();
        self.tree.nodes[node.parent].children.push(index);
        self.tree.nodes.push(node);
        index
    }

    fn start(&mut self, tag: Tag) {
        let Tag { name, attributes } = tag;
        let value = |of: &str| attributes.iter().find(|(own, _)| own == of).map(|(_, value)| value.as_str());
        match name.as_str() {
            "meta" => {
                let named = value("name").or_else(|| value("property")).map(str::to_ascii_lowercase);
                if let (Some(named), Some(content)) = (named, value("content")) {
                    self.tree.metas.push((named, content.trim().to_owned()));
                }
                return;
            }
            "title" if self.tree.title.is_none() => {
                self.in_title = true;
                self.tree.title = Some(String::new());
                return;
            }
            "html" | "body" => return,
            _ => {}
        }
        self.close_before(&name);
        let block = block(&name);
        let mut node = node(name, block, self.parent());
        node.names = [value("class"), value("id")].into_iter().flatten().flat_map(words).collect();
        let style = value("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
        node.hidden = value("hidden").is_some() || style.contains("display:none");
        let span = |of: &str| value(of).and_then(|value| value.trim().parse().ok()).unwrap_or(1);
        node.spans = (span("colspan"), span("rowspan"));
        let void = is_void(&node.tag);
        let preformatted = node.tag == "pre";
        if self.open.len() >= DEPTH && !void {
            self.beyond += 1;
            return;
        }
        let index = self.add(node);
        if !void {
            self.preformatted += usize::from(preformatted);
            self.open.push(index);
        }
    }

    /// Ends what a start tag ends by itself: a paragraph before a block, an item before the next.
    fn close_before(&mut self, name: &str) {
        let ends: (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot", "caption"], &["table"]),
            "option" => (&["option"], &["select"]),
            _ if block(name) == Block::Flow || name == "table" => {
                (&["p"], &["table", "td", "th", "div", "li"])
            }
            _ => return,
        };
        self.close(ends.0, ends.1);
    }

    fn end(&mut self, name: &str) {
        if name == "title" {
            self.in_title = false;
            return;
        }
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let bounds: &[&str] = match name {
            "table" => &[],
            "tr" | "td" | "th" | "thead" | "tbody" | "tfoot" => &["table"],
            _ => &["td", "th", "table"],
        };
        self.close(&[name], bounds);
    }

    /// Closes the innermost open element of one of these tags, and what is open in it, unless another bounds it.
    fn close(&mut self, tags: &[&str], bounds: &[&str]) {
        let last = self.open.len();
        for at in (1..last).rev().take(REACH) {
            let tag = self.tree.nodes[self.open[at]].tag.as_str();
            if tags.contains(&tag) {
                for &closed in &self.open[at..] {
                    self.preformatted -= usize::from(self.tree.nodes[closed].tag == "pre");
                }
                self.open.truncate(at);
                return;
            }
            if bounds.contains(&tag) {
                return;
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            if let Some(title) = &mut self.tree.title {
                title.push_str(text);
            }
            return;
        }
        let mut node = node(String::new(), Block::Text, self.parent());
        if self.preformatted > 0 {
            text.clone_into(&mut node.text);
        } else {
            node.text = collapsed(text);
        }
        if !node.text.is_empty() {
            self.add(node);
        }
    }

    fn finish(mut self) -> Tree {
        let nodes = &mut self.tree.nodes;
        for index in (1..nodes.len()).rev() {
            let node = &mut nodes[index];
            if node.block == Block::Text {
                node.all = node.text.chars().filter(|c| !c.is_whitespace()).count();
                node.own =
                    if node.text.contains(['。', '，', '；', '、']) { node.all } else { node.all / 4 };
            }
            if node.tag == "a" {
                (node.linked, node.links) = (node.all, 1);
            }
            let (parent, all, linked, links) = (node.parent, node.all, node.linked, node.links);
            let above = &mut nodes[parent];
            above.all += all;
            above.linked += linked;
            above.links += links;
        }
        self.tree
    }
}

fn node(tag: String, block: Block, parent: usize) -> Node {
    Node {
        tag,
        block,
        names: Vec::new(),
        hidden: false,
        spans: (1, 1),
        text: String::new(),
        children: Vec::new(),
        parent,
        own: 0,
        all: 0,
        linked: 0,
        links: 0,
    }
}

/// A text with its spaces and line ends made one space each; none between Chinese characters, where it is the source
/// that was wrapped.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{0C}' | '\u{A0}') {
            out.push(c);
            continue;
        }
        let mut wrapped = c == '\n';
        while let Some(c) = chars.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{0C}' | '\u{A0}')) {
            wrapped |= c == '\n';
        }
        let wide = |c: Option<char>| c.is_some_and(|c| c >= '\u{2E80}');
        if !(wrapped && wide(out.chars().next_back()) && wide(chars.peek().copied())) {
            out.push(' ');
        }
    }
    if out == " " && text.contains('\n') { String::new() } else { out }
}

/// The words of a class or an id: `newsContent-box` has three.
fn words(names: &str) -> impl Iterator<Item = String> + '_ {
    names.split(|c: char| !c.is_alphanumeric()).filter(|name| !name.is_empty()).flat_map(|name| {
        let mut parts: Vec<String> = Vec::new();
        let mut before = ' ';
        for c in name.chars().take(60) {
            if parts.is_empty() || c.is_uppercase() && before.is_lowercase() {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut() {
                part.extend(c.to_lowercase());
            }
            before = c;
        }
        let whole = parts.concat();
        parts.into_iter().chain([whole])
    })
}

fn is_void(tag: &str) -> bool {
    matches!(
        tag,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

fn block(tag: &str) -> Block {
    match tag {
        "br" => Block::Break,
        "table" => Block::Table,
        "tr" => Block::Row,
        "td" | "th" => Block::Cell,
        "a" | "abbr" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data" | "del" | "dfn" | "em"
        | "font" | "i" | "img" | "input" | "ins" | "kbd" | "label" | "mark" | "o:p" | "q" | "rp" | "rt"
        | "ruby" | "s" | "samp" | "small" | "span" | "st1:chsdate" | "strike" | "strong" | "sub" | "sup"
        | "time" | "tt" | "u" | "ucapcontent" | "var" | "wbr" => Block::Inline,
        _ => Block::Flow,
    }
}
