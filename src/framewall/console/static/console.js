// What the pages do in the browser beyond htmx. Text from the server is put in as text, or as markup that it escaped.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Times in the viewer's zone

const STYLES = {
  short: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  long: { dateStyle: "medium", timeStyle: "long", hourCycle: "h23" },
};

function localise(root) {
  for (const time of all("time[datetime]:not([title])", root)) {
    const at = new Date(time.dateTime);
    time.title = time.textContent;
    time.textContent = new Intl.DateTimeFormat(undefined, STYLES[time.dataset.style] ?? STYLES.long).format(at);
  }
  for (const bar of all("[data-time]", root)) {
    const at = new Date(Number(bar.dataset.time) * 1000);
    bar.title = `${new Intl.DateTimeFormat(undefined, STYLES.short).format(at)}: ${bar.getAttribute("aria-label")}`;
    bar.removeAttribute("data-time");
  }
}

// Dark or light

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : !matchMedia("(prefers-color-scheme: light)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `framewall_theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Strict`;
  for (const chart of all("[data-chart]")) draw(chart);
}

// Words to the person

function say(text, bad = false) {
  const toast = document.createElement("div");
  toast.className = bad ? "toast bad" : "toast";
  toast.textContent = text;
  one(".toasts").append(toast);
  setTimeout(() => toast.remove(), bad ? 9000 : 3000);
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = one('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRF-Token"] = token.content;
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) say(event.detail.xhr.responseText.slice(0, 500) || "That did not work.", true);
});
document.addEventListener("htmx:sendError", () => say("The console does not answer.", true));
document.addEventListener("htmx:load", (event) => localise(event.detail.elt));
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const dialog = one("dialog.ask");
  one("#ask-text").textContent = event.detail.question;
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && event.detail.issueRequest(true), { once: true });
  dialog.showModal();
});

// Clicks

async function copy(from) {
  const source = one(from);
  try {
    await navigator.clipboard.writeText(source.dataset.plain ?? source.textContent);
    say("Copied");
  } catch {
    getSelection().selectAllChildren(source);
    say("Press Ctrl-C: the browser does not let pages copy here.", true);
  }
}

// Marks a line of a text that is being written.
function point(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, ((line - 4) / lines.length) * area.scrollHeight);
}

function choose(tab) {
  const group = tab.closest("[data-tabs]");
  for (const each of all('[role="tab"]', group)) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
  }
  for (const panel of all('[role="tabpanel"]', group)) panel.hidden = panel.getAttribute("aria-labelledby") !== tab.id;
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-line], [role=tab], [data-theme-switch], [data-help], .menu, [data-tail]");
  for (const open of all("details.drop[open]")) if (!open.contains(event.target)) open.open = false;
  if (target) {
    if (target.dataset.copy) copy(target.dataset.copy);
    else if (target.dataset.line) event.preventDefault(), point(one("#rule-text"), Number(target.dataset.line));
    else if (target.role === "tab") choose(target);
    else if ("themeSwitch" in target.dataset) switchTheme();
    else if ("help" in target.dataset) one("dialog.help").showModal();
    else if (target.dataset.tail) tail(target);
    else target.setAttribute("aria-expanded", String(one("#nav").classList.toggle("open")));
    return;
  }
  const row = event.target.closest("tr[data-row]");
  if (row && !event.target.closest("a, button, input, select, summary, label") && !getSelection().toString()) open(row);
});

// Keys

const PLACES = {
  o: "/", a: "/attacks", s: "/sessions", p: "/playground", u: "/rules", e: "/exceptions", r: "/routes", l: "/audit",
};
let going = false;

function open(row) {
  one("[data-open]", row)?.click();
}

function step(by) {
  const rows = all("tr[data-row]");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("here"));
  rows[at]?.classList.remove("here");
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  next.classList.add("here");
  next.scrollIntoView({ block: "nearest" });
  one("[data-open]", next)?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (one("dialog[open]")) return;
  const tab = event.target.closest?.('[role="tab"]');
  if (tab && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const next = event.key === "ArrowRight" ? tab.nextElementSibling : tab.previousElementSibling;
    if (next) {
      choose(next);
      next.focus();
    }
    return;
  }
  if (going && PLACES[event.key]) location.assign(PLACES[event.key]);
  going = event.key === "g";
  const keys = {
    "/": () => one("[data-search]")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    t: switchTheme,
    "?": () => one("dialog.help").showModal(),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

// The live tail

let source = null;

function tail(button) {
  const on = source === null;
  button.setAttribute("aria-pressed", String(on));
  if (!on) {
    source.close();
    source = null;
    return;
  }
  const body = one(".rows tbody");
  if (one(".rows")?.dataset.show !== "hits") {
    const here = new URL(location);
    here.searchParams.set("show", "hits");
    here.hash = "live";
    location.assign(here);
    return;
  }
  source = new EventSource(`${button.dataset.tail}?q=${encodeURIComponent(one("[data-search]").value)}`);
  source.addEventListener("hit", (event) => {
    one("[data-rows]").classList.remove("hidden");
    one("[data-nothing]")?.remove();
    body.insertAdjacentHTML("afterbegin", event.data);
    body.firstElementChild.classList.add("new");
    localise(body.firstElementChild);
    while (body.children.length > 500) body.lastElementChild.remove();
  });
  source.onerror = () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    say("The live tail has ended.", true);
    button.setAttribute("aria-pressed", "false");
    source = null;
  };
}

// The chart: stacked bars; a click or a drag leads to the hits behind it

async function draw(place) {
  const answer = await fetch(place.dataset.chart);
  if (!answer.ok) {
    place.textContent = "The numbers could not be read.";
    return;
  }
  const numbers = await answer.json();
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const names = all("[data-value]", place.parentElement).map((item) => item.dataset.value);
  const series = numbers.series[place.dataset.by] ?? {};
  const known = names.filter((name) => series[name]);
  const rows = known.map((name) => series[name]);
  const rest = numbers.hits.map((hits, at) => Math.max(hits - rows.reduce((sum, row) => sum + row[at], 0), 0));
  if (!known.length) rows.push(numbers.hits);
  else if (rest.some(Boolean)) rows.push(rest), known.push("others");
  const hue = (name) => {
    const dot = one(`[data-value="${CSS.escape(name)}"] .dot`, place.parentElement);
    return dot ? getComputedStyle(dot).backgroundColor : colour("--strong");
  };
  const stacked = [];
  rows.reduce((under, row) => (stacked.push(row.map((hits, at) => hits + under[at])), stacked.at(-1)), numbers.times.map(() => 0));
  const label = (name) => name || "hits";
  const bars = uPlot.paths.bars({ size: [0.8, 60], align: 1 });
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  const lead = (first, last) => {
    const iso = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19) + "+00:00";
    const q = `since:"${iso(first)}" until:"${iso(last)}"`;
    location.assign(`/attacks?show=hits&q=${encodeURIComponent(q)}`);
  };
  const hover = (plot) => {
    const at = plot.cursor.idx;
    tip.hidden = at == null || !numbers.hits[at];
    if (tip.hidden) return;
    tip.replaceChildren();
    const head = document.createElement("b");
    head.textContent = new Intl.DateTimeFormat(undefined, STYLES.short).format(new Date(numbers.times[at] * 1000));
    tip.append(head, ...known.flatMap((name, place) => (rows[place][at] ? [`${label(name)} ${rows[place][at]}`, document.createElement("br")] : [])));
    const left = plot.cursor.left + (plot.cursor.left > plot.over.clientWidth - 160 ? -150 : 14);
    tip.style.left = `${left}px`;
    tip.style.top = "8px";
  };
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const options = {
    width: place.clientWidth,
    height: 240,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { range: [numbers.since, numbers.until] }, y: { range: (_, __, most) => [0, Math.max(most * 1.08, 4)] } },
    axes: [{ ...axis, grid: { show: false } }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6] }],
    series: [{}, ...stacked.map((_, at) => at).reverse().map((at) => ({ fill: known.length ? hue(known[at]) : colour("--accent"), width: 0, paths: bars, points: { show: false } }))],
    hooks: {
      init: [(plot) => {
        plot.over.append(tip);
        plot.over.addEventListener("mouseleave", () => (tip.hidden = true));
        plot.over.addEventListener("click", () => {
          const at = plot.cursor.idx;
          if (plot.select.width < 4 && at != null && numbers.hits[at]) lead(numbers.times[at], numbers.times[at] + numbers.step);
        });
      }],
      setCursor: [hover],
      setSelect: [(plot) => plot.select.width >= 4 && lead(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"))],
    },
  };
  place.replaceChildren();
  place.plot?.destroy();
  place.plot = new uPlot(options, [numbers.times, ...stacked.toReversed()], place);
  if (!place.watched) {
    place.watched = new ResizeObserver(() => place.plot.setSize({ width: place.clientWidth, height: 240 }));
    place.watched.observe(place);
  }
}

localise(document);
for (const chart of all("[data-chart]")) draw(chart);
if (location.hash === "#live") one("[data-tail]")?.click();
