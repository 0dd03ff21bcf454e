//! What the page's address asks for: which panels there are, which one is open, and how the page
//! looks.
//!
//! ```text
//!   ?show=console,faults   only these panels          #panel=faults   this panel is open
//!   ?hide=snapshots,trace  all but these
//!   ?theme=dark            or light                   ?embed=true      no header, no footer
//!   ?projector=true        large, high contrast, without panels
//! ```
//!
//! A wrong value is told to the reader and changes nothing; a parameter that is not ours is none of
//! our business. Must never know: windows, history, elements.

/// A part of the page beside the ring and the transport.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// The space-time trace: a pane of its own on a wide screen, else a tab like the others.
    Trace,
    Console,
    Tables,
    Cluster,
    Workload,
    Faults,
    Inspect,
    Charts,
    Run,
    Backups,
    Snapshots,
    Files,
}

impl Panel {
    /// In the order of their tabs.
    pub const ALL: [Panel; 12] = [
        Panel::Trace,
        Panel::Console,
        Panel::Tables,
        Panel::Cluster,
        Panel::Workload,
        Panel::Faults,
        Panel::Inspect,
        Panel::Charts,
        Panel::Run,
        Panel::Backups,
        Panel::Snapshots,
        Panel::Files,
    ];

    /// Its name in addresses and element ids.
    pub fn id(self) -> &'static str {
        match self {
            Panel::Trace => "trace",
            Panel::Console => "console",
            Panel::Tables => "tables",
            Panel::Cluster => "cluster",
            Panel::Workload => "workload",
            Panel::Faults => "faults",
            Panel::Inspect => "inspect",
            Panel::Charts => "charts",
            Panel::Run => "run",
            Panel::Backups => "backups",
            Panel::Snapshots => "snapshots",
            Panel::Files => "files",
        }
    }

    /// Its name on its tab.
    pub fn label(self) -> &'static str {
        match self {
            Panel::Trace => "Trace",
            Panel::Console => "Console",
            Panel::Tables => "Tables",
            Panel::Cluster => "Cluster",
            Panel::Workload => "Workload",
            Panel::Faults => "Faults",
            Panel::Inspect => "Inspect",
            Panel::Charts => "Charts",
            Panel::Run => "Run",
            Panel::Backups => "Backups",
            Panel::Snapshots => "Snapshots",
            Panel::Files => "Files",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|panel| panel.id() == name)
    }
}

/// What an address asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The panels that there are, in the order of their tabs.
    pub panels: Vec<Panel>,
    /// Without header and footer, as high as its content.
    pub embed: bool,
    pub projector: bool,
    /// What in it makes no sense, in words.
    pub mistakes: Vec<String>,
}

impl Address {
    /// Reads a query, with or without its question mark.
    pub fn of_query(query: &str) -> Self {
        let mut mistakes = Vec::new();
        let mut panels = Panel::ALL.to_vec();
        let (mut embed, mut projector) = (false, false);
        for (name, value) in pairs(query) {
            match name {
                "show" => {
                    let shown = named(name, &value, &mut mistakes);
                    // The trace belongs to the picture: it stays unless it is hidden.
                    let stays = |panel: &Panel| *panel == Panel::Trace || shown.contains(panel);
                    if !shown.is_empty() {
                        panels.retain(stays);
                    }
                }
                "hide" => {
                    let hidden = named(name, &value, &mut mistakes);
                    panels.retain(|panel| !hidden.contains(panel));
                }
                "theme" if !matches!(&*value, "light" | "dark") => {
                    mistakes.push(wrong(name, &value, "choose light or dark"));
                }
                "embed" => is_on(name, &value, &mut embed, &mut mistakes),
                "projector" => is_on(name, &value, &mut projector, &mut mistakes),
                _ => {}
            }
        }
        Self { panels, embed, projector, mistakes }
    }
}

/// The panel that a fragment opens, or what is wrong with the one that it names; none if it names
/// none.
pub fn panel_of_fragment(fragment: &str) -> Option<Result<Panel, String>> {
    let (_, value) = pairs(fragment).find(|(name, _)| *name == "panel")?;
    Some(Panel::named(&value).ok_or_else(|| wrong("panel", &value, &choices())))
}

/// The fragment with another panel open, and all else in it as it was.
pub fn with_panel(fragment: &str, panel: Panel) -> String {
    let others = fragment.trim_start_matches('#').split('&');
    let others = others.filter(|part| !part.is_empty() && !part.starts_with("panel="));
    let mut text = "#".to_owned();
    for part in others {
        text += part;
        text.push('&');
    }
    text + "panel=" + panel.id()
}

fn is_on(name: &str, value: &str, state: &mut bool, mistakes: &mut Vec<String>) {
    match value {
        "true" | "" => *state = true,
        "false" => *state = false,
        _ => mistakes.push(wrong(name, value, "choose true or false")),
    }
}

fn named(name: &str, value: &str, mistakes: &mut Vec<String>) -> Vec<Panel> {
    let mut panels = Vec::new();
    for one in value.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        match Panel::named(one) {
            Some(panel) => panels.push(panel),
            None => mistakes.push(wrong(name, one, &choices())),
        }
    }
    panels
}

fn choices() -> String {
    let names = Panel::ALL.map(Panel::id);
    format!("choose among {}", names.join(", "))
}

fn wrong(name: &str, value: &str, choose: &str) -> String {
    format!("The address says {name}={value}, which is ignored: {choose}.")
}

/// Names and values, decoded.
fn pairs(text: &str) -> impl Iterator<Item = (&str, String)> {
    let parts = text.trim_start_matches(['?', '#']).split('&').filter(|part| !part.is_empty());
    parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (name, decoded(value))
    })
}

/// Undoes percent encoding; what is none stays as it is.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                plain.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(query: &str) -> Vec<&'static str> {
        Address::of_query(query).panels.into_iter().map(Panel::id).collect()
    }

    #[test]
    fn panels_are_shown_and_hidden_by_name() {
        assert_eq!(ids("").len(), Panel::ALL.len());
        assert_eq!(ids("?show=faults,console"), ["trace", "console", "faults"]);
        assert_eq!(ids("?hide=trace&show=console%2Cfaults"), ["console", "faults"]);
        assert_eq!(ids("?show=console&hide=console,trace"), [""; 0]);
    }

    #[test]
    fn wrong_values_are_told_and_ignored() {
        let query = "?show=consol&theme=blue&embed=maybe&utm_source=x&projector=true";
        let address = Address::of_query(query);
        assert_eq!(address.panels.len(), Panel::ALL.len());
        assert!(!address.embed && address.projector);
        let told = address.mistakes.join("\n");
        assert_eq!(address.mistakes.len(), 3, "{told}");
        assert!(told.contains("show=consol, which is ignored: choose among trace, console"));
        assert!(told.contains("theme=blue") && told.contains("embed=maybe"), "{told}");
        assert!(Address::of_query("?theme=dark&embed").mistakes.is_empty());
    }

    #[test]
    fn the_fragment_follows_the_open_panel_and_keeps_the_rest() {
        assert!(panel_of_fragment("").is_none() && panel_of_fragment("#run=abc").is_none());
        let open = |fragment| panel_of_fragment(fragment).expect("it names one").map(Panel::id);
        assert_eq!(open("#panel=faults"), Ok("faults"));
        assert!(open("#panel=fault").is_err_and(|told| told.contains("panel=fault,")));
        assert_eq!(with_panel("", Panel::Charts), "#panel=charts");
        let moved = with_panel("#run=a%20b&panel=faults&x=1", Panel::Inspect);
        assert_eq!(moved, "#run=a%20b&x=1&panel=inspect");
    }

    #[test]
    fn encoding_is_undone_and_broken_encoding_is_kept() {
        assert_eq!(decoded("a+b%2Cc%C3%A9"), "a b,cé");
        assert_eq!(decoded("100%&%2".trim_end()), "100%&%2");
    }
}
