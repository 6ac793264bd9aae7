/// The look of a report: light and dark as the reader's system has it, one column on a phone, black on white on paper.
enum ReportStyle {
    static let css = """
        :root {
          --page: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --soft: #5c6670; --rule: #dde1e6;
          --good: #17703a; --bad: #b3261e; --s1: #2563c4; --s2: #c2570c; --s3: #8a2a86;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171a; --card: #1d2125; --ink: #e6e9ec; --soft: #a0a9b2; --rule: #333a41;
            --good: #5dc98a; --bad: #ff8a80; --s1: #6ea8ff; --s2: #f4a261; --s3: #d98bd6;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 20px 16px 48px; }
        h1 { font-size: 1.6rem; margin: 0 0 10px; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 30px 0 10px; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        header dd { font-variant-numeric: tabular-nums; }
        .badge { font-size: .9rem; font-weight: 600; border: 1.5px solid; border-radius: 6px; padding: 2px 9px;
          vertical-align: middle; white-space: nowrap; }
        .passed { color: var(--good); }
        .failed { color: var(--bad); }
        .note { color: var(--soft); margin: -4px 0 10px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(116px, 1fr)); gap: 10px;
          margin-top: 20px; }
        .tiles div { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px;
          color: var(--soft); font-size: .87rem; }
        .tiles b { display: block; color: var(--ink); font-size: 1.3rem; font-variant-numeric: tabular-nums; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(430px, 100%), 1fr)); gap: 14px; }
        figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
          padding: 10px 12px 6px; min-width: 0; }
        figcaption { display: flex; flex-wrap: wrap; gap: 0 10px; align-items: baseline; overflow-wrap: anywhere; }
        figcaption code { color: var(--soft); font-size: .82rem; }
        figcaption div { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 0 14px; }
        .key { color: var(--soft); font-size: .85rem; white-space: nowrap; }
        .key i { display: inline-block; width: 18px; border: 0 solid; border-top-width: 2px; margin-right: 5px;
            vertical-align: middle; }
        svg { display: block; width: 100%; height: auto; margin-top: 4px; }
        svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--rule); stroke-width: 1; fill: none; }
        .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
        .line.s1 { stroke: var(--s1); }
        .line.s2 { stroke: var(--s2); stroke-dasharray: 7 5; stroke-linecap: butt; }
        .line.s3 { stroke: var(--s3); stroke-dasharray: 1.5 4; stroke-width: 2.2; }
        i.s1 { border-color: var(--s1); } i.s2 { border-color: var(--s2); border-top-style: dashed; }
        i.s3 { border-color: var(--s3); border-top-style: dotted; }
        .tip { fill: transparent; }
        .tip:hover { fill: var(--rule); fill-opacity: .45; }
        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
        table { border-collapse: collapse; width: 100%; font-size: .92rem; }
        th, td { text-align: left; padding: 6px 9px; border-bottom: 1px solid var(--rule); vertical-align: top; }
        tbody tr:last-child td { border-bottom: 0; }
        th { color: var(--soft); font-weight: 600; font-size: .87rem; white-space: nowrap; }
        td { white-space: pre-wrap; overflow-wrap: break-word; }
        td.passed, td.failed { white-space: nowrap; }
        .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        @media (max-width: 560px) {
          dl { display: block; }
          dd { margin-bottom: 5px; }
          th, td { padding: 5px; font-size: .8rem; }
          td:not(.n):not(.passed):not(.failed) { overflow-wrap: anywhere; }
          .scroll td:first-child, .scroll th:first-child { position: sticky; left: 0; background: var(--card); }
          svg text { font-size: 15px; }
        }
        @media print {
          :root { font-size: 12px; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --good: #17703a;
            --bad: #b3261e; --s1: #2563c4; --s2: #c2570c; --s3: #8a2a86; }
          @page { margin: 14mm; }
          body { font-size: 11px; }
          th, td { padding: 3px 6px; }
          .scroll { overflow: visible; }
          main { max-width: none; padding: 0; }
          .plots { grid-template-columns: 1fr 1fr; }
          figure, tr, .tiles div { break-inside: avoid; }
          h2 { break-after: avoid; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        """
}
