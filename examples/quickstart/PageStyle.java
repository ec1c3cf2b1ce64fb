package examples.quickstart;

/** How the page looks, on light and on dark screens. */
final class PageStyle {
    static final String CSS = """
            :root { color-scheme: light dark; --page: light-dark(#f7f7f5, #131316); --card: light-dark(#ffffff, #1c1c20); --ink: light-dark(#16161a, #f3f3f1); --soft: light-dark(#55555e, #b3b3ba);
              --line: light-dark(#dedee3, #37373e); --head: light-dark(#ececf0, #2b2b31); --good: light-dark(#00703c, #5cc98d); --bad: light-dark(#c02a1b, #ff8a7a); --accent: light-dark(#2367b8, #6ea8ee);
              --fact-1: light-dark(#5b4bc4, #a99dff); --fact-2: light-dark(#b83a74, #f08cb8); --fact-3: light-dark(#3b7d23, #86c46c); --on-fact: light-dark(#ffffff, #131316); }
            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 32px 20px 64px; max-width: 1240px; background: var(--page);
              color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
            h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
            h2 { font-size: 18px; margin: 0 0 2px; }
            h3 { font-size: 15px; margin: 0 0 2px; }
            p { margin: 0 0 12px; color: var(--soft); max-width: 100ch; }
            a { color: var(--accent); }
            :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
            section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
              padding: 20px 22px; margin-top: 18px; }
            .scroll { overflow-x: auto; }
            svg { display: block; width: 100%; height: auto; font-family: inherit; }
            .star { min-width: 1120px; margin-top: 10px; }
            .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 20px; }
            .charts figure { margin: 0; } figcaption { font-weight: 600; font-size: 13px; }
            .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px;
              margin-top: 18px; }
            .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
            .tile b { display: block; font-size: 24px; line-height: 1.25; }
            .tile span { color: var(--soft); font-size: 13px; }
            table { border-collapse: collapse; font-size: 13px; margin: 4px 0 6px; }
            th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); }
            th, td { padding: 4px 18px 4px 0; white-space: nowrap; vertical-align: top; }
            td { border-bottom: 1px solid var(--line); }
            .right { text-align: right; font-variant-numeric: tabular-nums; }
            .bar { display: inline-block; height: 10px; border-radius: 3px; background: var(--accent); }
            .checks { list-style: none; margin: 8px 0 14px; padding: 0; }
            .checks li { padding: 3px 0; }
            .checks b { display: inline-block; width: 70px; font-size: 13px; }
            .good { color: var(--good); } .bad { color: var(--bad); }
            .timeline { list-style: none; margin: 6px 0 0; padding: 0 0 0 22px; border-left: 2px solid var(--line); }
            .timeline > li { position: relative; padding-bottom: 18px; }
            .timeline > li::before { content: ""; position: absolute; left: -29px; top: 5px; width: 12px; height: 12px;
              border-radius: 50%; background: var(--accent); }
            .timeline h4 { font-size: 13px; margin: 8px 0 0; }
            blockquote { margin: 4px 0 6px; padding: 8px 12px; border-left: 3px solid var(--bad); background: var(--head);
              overflow-wrap: anywhere; }
            code { font: 13px ui-monospace, "SF Mono", Consolas, monospace; }
            pre { margin: 4px 0; padding: 8px 12px; background: var(--head); overflow-x: auto; }
            summary { cursor: pointer; font-size: 13px; color: var(--soft); }
            .tick { font-size: 12px; fill: var(--soft); } .end { text-anchor: end; } .middle { text-anchor: middle; }
            .grid { stroke: var(--line); } .base { stroke: var(--soft); } .column-bar { fill: var(--accent); }
            .box { fill: var(--card); stroke: var(--line); } .head { fill: var(--head); }
            .name { font-size: 13px; font-weight: 600; fill: var(--ink); } .fact { fill: var(--on-fact); }
            .column { font-size: 12px; fill: var(--ink); } .key { font-weight: 700; }
            .type { font-size: 11px; fill: var(--soft); text-anchor: end; }
            .badge rect { fill: var(--head); stroke: var(--soft); } .badge text { font-size: 11px; fill: var(--ink); }
            .link { fill: none; stroke-width: 1.6; }
            """;

    private PageStyle() {}
}
