// ?theme=light or ?theme=dark: the page looks so whatever the system prefers. Before the first paint,
// so that nothing flashes: what the style sheets say for the dark then holds always, or never.
{
  const theme = new URLSearchParams(location.search).get("theme");
  const holds = { light: "not all", dark: "all" }[theme];
  for (const sheet of holds ? document.styleSheets : []) {
    for (const rule of sheet.cssRules) {
      if (rule.media?.mediaText.includes("prefers-color-scheme: dark")) rule.media.mediaText = holds;
    }
  }
}
