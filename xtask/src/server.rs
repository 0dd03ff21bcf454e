//! A static file server for this machine, as simple as a static host: GET and HEAD, one folder,
//! the right MIME types, nothing clever. What works here works on any host.
//!
//! It can answer below a path such as `/some/course/`; the end-to-end tests use that, so that an
//! address that is not relative fails there and not at a user's.

use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// How many ports are tried after a taken one.
const PORTS: u16 = 100;
/// A request's head may have this many bytes; a browser's has a few hundred.
const HEAD_BYTES: u64 = 64 * 1024;

/// A bound server, and the folder it shows.
pub struct Server {
    listener: TcpListener,
    site: Arc<Site>,
    port: u16,
}

struct Site {
    folder: PathBuf,
    /// Starts and ends with a slash.
    prefix: String,
}

impl Server {
    /// Takes `port` or the next free one after it; port 0 lets the system choose.
    pub fn bind(folder: &Path, prefix: &str, port: u16) -> Result<Server> {
        assert!(prefix.starts_with('/') && prefix.ends_with('/'), "prefix {prefix:?}");
        for port in port..=port.saturating_add(PORTS) {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    let port = listener.local_addr()?.port();
                    let site = Site { folder: folder.to_owned(), prefix: prefix.to_owned() };
                    return Ok(Server { listener, site: Arc::new(site), port });
                }
                Err(error) if error.kind() == ErrorKind::AddrInUse => {}
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("port {port}: choose one by --port"));
                }
            }
        }
        bail!("port {port} and the {PORTS} after it are taken: choose another by --port")
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.site.prefix)
    }

    /// Answers until the process ends.
    pub fn serve(self) {
        for stream in self.listener.incoming().flatten() {
            let site = Arc::clone(&self.site);
            // A connection that breaks off concerns nobody else.
            thread::spawn(move || drop(site.converse(stream)));
        }
    }

    /// Answers beside the caller, until the process ends.
    pub fn serve_beside(self) {
        thread::spawn(move || self.serve());
    }
}

struct Answer {
    status: &'static str,
    kind: &'static str,
    location: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn text(status: &'static str) -> Answer {
        Answer { status, kind: "text/plain", location: None, body: status.into() }
    }
}

impl Site {
    fn converse(&self, stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        while let Some((method, target)) = read_head(&mut reader)? {
            let answer = match method.as_str() {
                "GET" | "HEAD" => self.answer(&target),
                _ => Answer::text("405 Method Not Allowed"),
            };
            let mut head = format!(
                "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\
                 Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n",
                answer.status,
                answer.kind,
                answer.body.len()
            );
            if let Some(location) = &answer.location {
                head.push_str(&format!("Location: {location}\r\n"));
            }
            head.push_str("\r\n");
            stream.write_all(head.as_bytes())?;
            if method != "HEAD" {
                stream.write_all(&answer.body)?;
            }
        }
        Ok(())
    }

    fn answer(&self, target: &str) -> Answer {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let not_found = || Answer::text("404 Not Found");
        let Some(relative) = percent_decode(path)
            .and_then(|path| path.strip_prefix(&self.prefix).map(str::to_owned))
        else {
            return not_found();
        };
        // Nothing outside the folder, and nothing hidden in it.
        if relative.split('/').any(|part| part.starts_with('.') || part.contains(['\\', '\0'])) {
            return not_found();
        }
        let mut file = self.folder.join(relative.trim_start_matches('/'));
        if file.is_dir() {
            if !path.ends_with('/') {
                let location = Some(format!("{path}/"));
                return Answer { location, ..Answer::text("301 Moved Permanently") };
            }
            file.push("index.html");
        }
        match fs::read(&file) {
            Ok(body) => Answer { status: "200 OK", kind: mime_type(&file), location: None, body },
            Err(_) => not_found(),
        }
    }
}

/// Method and target of the next request, or nothing at the end of the connection.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<(String, String)>> {
    let mut head = reader.take(HEAD_BYTES);
    let mut first = String::new();
    if head.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut line = String::new();
    while head.read_line(&mut line)? > 0 && !line.trim_end().is_empty() {
        line.clear();
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    Ok(words.next().zip(words.next()))
}

/// `%20` to a space and so on; nothing if the text is no valid encoding of UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

/// A browser compiles wasm while it arrives only if it comes as `application/wasm`, and runs a
/// module script only if it comes as JavaScript.
fn mime_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "md" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
        Site { folder, prefix: "/some/course/".to_owned() }
    }

    #[test]
    fn files_are_found_below_the_prefix_only() {
        assert_eq!(site().answer("/some/course/Cargo.toml?query").status, "200 OK");
        assert_eq!(site().answer("/some/course/src%2Fmain.rs").status, "200 OK");
        assert_eq!(site().answer("/Cargo.toml").status, "404 Not Found");
        assert_eq!(site().answer("/some/course/none").status, "404 Not Found");
    }

    #[test]
    fn nothing_outside_the_folder_is_shown() {
        for target in ["../Cargo.toml", "%2e%2e/Cargo.toml", "src/../../Cargo.toml", "%zz", "%"] {
            assert_eq!(site().answer(&format!("/some/course/{target}")).status, "404 Not Found");
        }
        assert_eq!(site().answer("/some/course//etc/passwd").status, "404 Not Found");
    }

    #[test]
    fn a_folder_without_slash_moves() {
        let answer = site().answer("/some/course/src");
        assert_eq!(answer.location.as_deref(), Some("/some/course/src/"));
    }

    #[test]
    fn a_taken_port_gets_the_next_free_one() {
        let first = Server::bind(Path::new("."), "/", 0).unwrap();
        let second = Server::bind(Path::new("."), "/", first.port).unwrap();
        assert!(second.port > first.port);
    }

    #[test]
    fn a_connection_carries_several_requests() {
        let server = Server::bind(&site().folder, "/", 0).unwrap();
        let port = server.port;
        server.serve_beside();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let requests = "HEAD /Cargo.toml HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\n\r\n";
        stream.write_all(requests.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        assert!(answers.starts_with("HTTP/1.1 200 OK\r\n"), "{answers}");
        assert!(answers.contains("HTTP/1.1 405 "), "{answers}");
    }
}
