//! Problems of a scenario: each names file, line, column, key, value, what is allowed and how to mend it.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

/// Where a piece of a scenario stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Index into [`Sources`].
    pub source: usize,
    /// Byte range in that source.
    pub range: Range<usize>,
}

/// The texts a scenario was read from: files and `--set` options.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: Vec<(String, String)>,
}

impl Sources {
    /// Adds a text under a name shown to the user; returns its index.
    pub fn add(&mut self, name: String, text: String) -> usize {
        self.texts.push((name, text));
        self.texts.len() - 1
    }

    /// Name of a source as shown to the user.
    pub fn name(&self, source: usize) -> &str {
        &self.texts[source].0
    }

    /// Text of a source.
    pub fn text(&self, source: usize) -> &str {
        &self.texts[source].1
    }

    /// Line and column (from 1, in characters) of the start of a span.
    pub fn line_column(&self, span: &Span) -> (usize, usize) {
        let text = self.text(span.source);
        // The end of a text is the end of its last line.
        let end = text.strip_suffix('\n').map_or(text.len(), str::len);
        let start = floor_boundary(text, span.range.start.min(end));
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One problem.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where it stands; `None` when no text is to blame (a missing file).
    pub span: Option<Span>,
    /// Key path, such as `channel.online_ads.budget`.
    pub key: String,
    /// What is wrong, with the offending value.
    pub message: String,
    /// What is allowed.
    pub allowed: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at a place.
    pub fn at(span: &Span, key: impl Into<String>, message: impl Into<String>) -> Self {
        Problem {
            span: Some(span.clone()),
            key: key.into(),
            message: message.into(),
            allowed: None,
            help: None,
        }
    }

    /// A problem without a place in a text.
    pub fn without_place(message: impl Into<String>) -> Self {
        Problem { span: None, key: String::new(), message: message.into(), allowed: None, help: None }
    }

    /// Says what is allowed.
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Says how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A problem in plain fields, for machines.
#[derive(Debug, Serialize)]
pub struct ProblemRecord {
    /// File or option.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column, from 1.
    pub column: Option<usize>,
    /// Key path.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What is allowed.
    pub allowed: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
}

/// All problems of a scenario, with the texts they refer to.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    /// The texts.
    pub sources: Sources,
    /// In the order of the texts once [`Problems::sort`] has run.
    pub list: Vec<Problem>,
}

impl Problems {
    /// Sorts by source and place.
    pub fn sort(&mut self) {
        self.list.sort_by_key(|problem| {
            problem.span.as_ref().map_or((usize::MAX, 0), |span| (span.source, span.range.start))
        });
    }

    /// As plain records.
    pub fn records(&self) -> Vec<ProblemRecord> {
        self.list
            .iter()
            .map(|problem| {
                let place = problem.span.as_ref().map(|span| self.sources.line_column(span));
                ProblemRecord {
                    file: problem.span.as_ref().map(|span| self.sources.name(span.source).to_owned()),
                    line: place.map(|place| place.0),
                    column: place.map(|place| place.1),
                    key: problem.key.clone(),
                    message: problem.message.clone(),
                    allowed: problem.allowed.clone(),
                    help: problem.help.clone(),
                }
            })
            .collect()
    }

    /// As text for a person: every problem with the offending text underlined.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for problem in &self.list {
            let title = if problem.key.is_empty() {
                problem.message.clone()
            } else {
                format!("{}: {}", problem.key, problem.message)
            };
            let mut group = Group::with_title(Level::ERROR.primary_title(title.as_str()));
            if let Some(span) = &problem.span {
                let source = self.sources.text(span.source);
                let start = floor_boundary(source, span.range.start);
                let end = floor_boundary(source, span.range.end.max(start));
                // A table's span may run over many lines: underline its first line only.
                let end = source[start..end].find('\n').map_or(end, |at| start + at);
                let mut annotation = AnnotationKind::Primary.span(start..end.max(start));
                if let Some(allowed) = &problem.allowed {
                    annotation = annotation.label(format!("allowed: {allowed}"));
                }
                group = group.element(
                    Snippet::source(source).path(self.sources.name(span.source)).annotation(annotation),
                );
            } else if let Some(allowed) = &problem.allowed {
                group = group.element(Level::NOTE.message(format!("allowed: {allowed}")));
            }
            if let Some(help) = &problem.help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            let _ = writeln!(text, "{}\n", renderer.render(&[group]));
        }
        text
    }
}
