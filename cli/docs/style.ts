/** The looks of a site: light or dark as the reader's machine is, or as it was chosen, and narrow on a phone. */
export const style = `:root {
  color-scheme: light;
  --page: #ffffff; --soft: #f5f7f8; --line: #dfe5e8; --text: #1c2529; --quiet: #5a6870; --accent: #0b6e75; --mark: #e2f3f2;
  --keyword: #8a2f8c; --type: #0b6e75; --field: #1c4f8c; --number: #9a4d00; --string: #2f6b1f; --comment: #6d7a81;
}
:root[data-theme="dark"] {
  color-scheme: dark;
  --page: #12181b; --soft: #1a2226; --line: #2c383e; --text: #e3eaed; --quiet: #98a7ae; --accent: #5cc8c4; --mark: #18383a;
  --keyword: #d79bdc; --type: #5cc8c4; --field: #8fbef0; --number: #e7ae6b; --string: #a3cf8c; --comment: #86959c;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    color-scheme: dark;
    --page: #12181b; --soft: #1a2226; --line: #2c383e; --text: #e3eaed; --quiet: #98a7ae; --accent: #5cc8c4; --mark: #18383a;
    --keyword: #d79bdc; --type: #5cc8c4; --field: #8fbef0; --number: #e7ae6b; --string: #a3cf8c; --comment: #86959c;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, pre, .code { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace; font-size: .875em; }
code { background: var(--soft); border-radius: 4px; padding: .1em .35em; overflow-wrap: anywhere; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem; overflow-x: auto; line-height: 1.5; }
pre code { background: none; padding: 0; overflow-wrap: normal; font-size: 1em; }
.keyword { color: var(--keyword); } .type { color: var(--type); } .field { color: var(--field); } .number { color: var(--number); }
.text { color: var(--string); } .comment { color: var(--comment); font-style: italic; }
header { position: sticky; top: 0; z-index: 2; display: flex; gap: 1rem; align-items: center; padding: .6rem 1.25rem; background: var(--page); border-bottom: 1px solid var(--line); }
header .name { font-weight: 650; color: var(--text); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
header .version { color: var(--quiet); font-weight: 400; font-size: .85em; }
.search { position: relative; flex: 1; max-width: 30rem; margin-left: auto; }
.search input { width: 100%; font: inherit; font-size: .95em; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .8rem; }
.search ol { position: absolute; top: 100%; right: 0; left: 0; margin: .35rem 0 0; padding: .35rem; list-style: none; background: var(--page); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 10px 30px rgb(0 0 0 / .18); max-height: 70vh; overflow-y: auto; }
.search ol:empty { display: none; }
.search li a { display: block; padding: .4rem .6rem; border-radius: 6px; color: inherit; }
.search li a:hover, .search li a:focus, .search li a[aria-selected="true"] { background: var(--mark); text-decoration: none; outline: none; }
.search li .found { font-weight: 600; } .search li .where { color: var(--quiet); font-size: .82em; margin-left: .5em; }
.search li p { margin: 0; color: var(--quiet); font-size: .85em; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.search li.none { padding: .5rem .6rem; color: var(--quiet); }
header button { font: inherit; color: var(--quiet); background: none; border: 1px solid var(--line); border-radius: 8px; padding: .3rem .6rem; cursor: pointer; }
.frame { display: grid; min-height: calc(100vh - 4rem); grid-template-columns: 15rem minmax(0, 1fr); max-width: 78rem; margin: 0 auto; }
nav { padding: 1.25rem 1rem 2rem 1.25rem; border-right: 1px solid var(--line); font-size: .92em; }
nav > details { position: sticky; top: 4.5rem; max-height: calc(100vh - 5.5rem); overflow-y: auto; }
nav summary { display: none; }
nav h2 { font-size: .74rem; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); margin: 1.2rem 0 .3rem; border: 0; padding: 0; }
nav h2:first-of-type { margin-top: 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .13rem .5rem; border-radius: 5px; color: inherit; overflow-wrap: anywhere; }
nav li a[aria-current] { background: var(--mark); color: var(--accent); font-weight: 600; }
main { padding: 1.5rem 2rem 5rem; min-width: 0; max-width: 56rem; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
.kind { display: inline-block; font-size: .74rem; letter-spacing: .04em; text-transform: uppercase; color: var(--accent); background: var(--mark); border-radius: 99px; padding: .12rem .65rem; margin-right: .5rem; }
.quiet { color: var(--quiet); } .small { font-size: .86em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .94em; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: .82em; }
th, td { padding: .5rem .7rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td > pre { margin: 0; max-width: 34rem; } td p { margin: 0 0 .4rem; } td p:last-child { margin: 0; } td pre { margin: .4rem 0; }
td.name { white-space: nowrap; font-weight: 600; } td .must { color: var(--quiet); font-weight: 400; font-size: .82em; }
tr:target td { background: var(--mark); }
.cards { display: grid; gap: .7rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); padding: 0; list-style: none; }
.cards a { display: block; height: 100%; padding: .75rem .9rem; border: 1px solid var(--line); border-radius: 10px; color: inherit; }
.cards a:hover { border-color: var(--accent); text-decoration: none; }
.cards b { color: var(--accent); } .cards p { margin: .15rem 0 0; color: var(--quiet); font-size: .88em; }
.wires { display: flex; align-items: center; gap: .8rem; flex-wrap: wrap; padding: 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--soft); }
.wires ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .4rem; }
.wires li { background: var(--page); border: 1px solid var(--line); border-radius: 7px; padding: .2rem .65rem; font-size: .9em; }
.wires li.uses { border-style: dashed; } .wires .self { background: var(--accent); color: var(--page); font-weight: 650; border-radius: 9px; padding: .6rem 1.1rem; }
.wires .to { color: var(--quiet); }
footer { margin-top: 4rem; color: var(--quiet); font-size: .82em; }
@media (max-width: 50rem) {
  header { flex-wrap: wrap; padding: .55rem 1rem; gap: .5rem .75rem; } .search { order: 3; flex-basis: 100%; max-width: none; margin: 0; }
  header button { margin-left: auto; }
  .frame { display: block; } nav { padding: .6rem 1rem; border: 0; border-bottom: 1px solid var(--line); }
  nav > details { position: static; max-height: none; } nav summary { display: block; cursor: pointer; font-weight: 600; padding: .25rem 0; }
  main { padding: 1.1rem 1rem 4rem; } h1 { font-size: 1.55rem; }
  table.members, table.members tbody, table.members tr, table.members td { display: block; } table.members thead { display: none; }
  table.members tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } table.members td { border: 0; padding: .1rem 0; }
  table.members td[data-label]:not(:empty)::before { content: attr(data-label) " "; color: var(--quiet); font-size: .82em; }
  .wires { flex-direction: column; align-items: stretch; text-align: center; } .wires .to { transform: rotate(90deg); }
}
@media print { header, nav { display: none; } .frame { display: block; } }
`
