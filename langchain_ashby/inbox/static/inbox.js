"use strict";
/* The keyboard, the countdown, the title and the icon. Everything that decides is a form that works without this. */
(() => {
  const SHOWN_FOR = 600; // ms that a change has to be on the screen before a key can approve it
  const GOOD_NEWS = 3; // at once: the other outcomes have a page
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const isListOnly = () => !isWide() && one("#workspace")?.dataset.view === "list";
  const isWide = () => matchMedia("(min-width: 64rem)").matches;
  let saying = 0;
  function say(words) {
    clearTimeout(saying);
    one("#said").textContent = "";
    if (words) setTimeout(() => { one("#said").textContent = words; saying = setTimeout(say, 6000); }, 50);
  }

  // Whether all of the change on the screen has been in view.
  let shown = { since: 0, end: false };
  const watcher = new IntersectionObserver((entries) => {
    for (const it of entries) if (it.isIntersecting && it.target.isConnected) shown.end = true;
  }, { rootMargin: "0px 0px -64px" }); // what can be decided covers that much
  function watch() {
    watcher.disconnect();
    shown = { since: performance.now(), end: false };
    const end = one("#card-end");
    if (end) watcher.observe(end);
  }
  document.addEventListener("visibilitychange", () => {
    shown.since = performance.now();
    if (!document.hidden) htmx.trigger("#strip", "fresh");
  });

  // A folded text has not been read: it is opened first.
  function unread() {
    const fold = all("#card .fold:not([open])")[0];
    if (fold) { fold.open = true; fold.scrollIntoView({ block: "nearest" }); return "Opened the rest of a long text. Read it, then press a again."; }
    if (!shown.end) { scroller().scrollBy({ top: innerHeight * .7, behavior: "instant" }); return "There is more of this change. Read it to the end, then press a again."; }
    return performance.now() - shown.since < SHOWN_FOR ? "Too quick: read this change first." : "";
  }
  const scroller = () => (isWide() && (one(".pane") || one("#main"))) || document.scrollingElement;

  // The keys.
  const rows = () => all(".row a");
  const current = () => rows().findIndex((it) => it.hasAttribute("aria-current"));
  function step(by) {
    const cards = all(".card.small");
    if (cards.length) return focus(cards[clamp(cards.indexOf(document.activeElement.closest(".card.small")) + by, cards)]);
    const those = rows();
    if (!those.length) return;
    const isOpen = !isListOnly();
    const from = isOpen ? current() : those.indexOf(document.activeElement);
    if (from + by >= those.length) return one(".pages a[rel=next]")?.click();
    const next = those[clamp(from + by, those)];
    if (isOpen) { if (next !== those[current()]) next.click(); } else focus(next);
  }
  const clamp = (place, those) => Math.max(0, Math.min(place, those.length - 1));
  const focus = (it) => { if (it) { it.focus({ preventScroll: true }); it.scrollIntoView({ block: "nearest" }); } };

  function approve() {
    const button = one("#approve");
    if (isListOnly()) return say("Open a change first, with Enter or j.");
    if (!button || one("details.act[open]") || button.form.classList.contains("htmx-request")) return;
    const why = unread();
    if (why) say(why); else button.click();
  }
  function unfold(id, field) {
    const details = one(id);
    if (!details) return;
    details.open = true;
    one(field, details)?.focus();
  }
  function toggle() {
    const box = one("input[type=checkbox]", document.activeElement.closest(".card.small") || document.createElement("p"));
    if (box) box.click();
  }
  function search() {
    const field = one("#filter-q");
    if (field && field.offsetParent) { field.focus(); field.select(); } else location.assign(one("#workspace")?.dataset.url || one(".brand a").href);
  }
  function escape() {
    const open = all("details.act[open]");
    open.forEach((it) => { it.open = false; });
    if (open[0]) one("summary", open[0]).focus();
    else if (document.activeElement.matches("input, textarea, select")) document.activeElement.blur();
  }
  function enter(event) {
    if (document.activeElement !== document.body && !document.activeElement.matches("main")) return;
    event.preventDefault();
    if (isListOnly()) rows()[Math.max(0, current())]?.click(); else focus(one("#card-title"));
  }
  const KEYS = {
    j: () => step(1), k: () => step(-1), a: approve, e: () => one("#edit")?.click(), x: toggle, "/": search,
    r: () => unfold("#reject", "textarea"), p: () => unfold("#put-off", "button"),
    u: () => all("#undo button").pop()?.click(), "?": () => one("#keys").showModal(), Enter: enter,
  };
  const isTyping = (it) => it.isContentEditable || it.matches("textarea, select, input:not([type=checkbox])");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && event.target.matches("details.act textarea")) {
      event.preventDefault();
      return all("button", event.target.closest("details.act")).pop().click();  // the one that sends the text
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (event.key === "Escape") return escape();
    if (one("dialog[open]") || isTyping(event.target) || !Object.hasOwn(KEYS, event.key)) return;
    if (event.key !== "Enter") event.preventDefault();
    KEYS[event.key](event);
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    event.target.closest("[data-closes]")?.closest(".toast").remove();
    if (opener) one(`#${opener.dataset.opens}`).showModal();
    if (!event.target.closest("details.act")) all("details.act[open]").forEach((it) => { it.open = false; });
  });

  // What changes as time passes, and with each page.
  function count() {
    const number = one("#count")?.dataset.count || "";
    const label = number > 99 ? "99" : number;
    const mark = +number
      ? `<circle cx="22" cy="10" r="10" fill="#b3261e"/><text x="22" y="14.5" font-family="sans-serif" font-size="13" font-weight="700" text-anchor="middle" fill="#fff">${+label}</text>` : "";
    const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect y="2" width="30" height="30" rx="8" fill="#3d4ecb"/><path d="M8 18l5 5 9-11" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/>${mark}</svg>`;
    one("#favicon").href = `data:image/svg+xml,${encodeURIComponent(icon)}`;
    if (one("#workspace")) document.title = document.title.replace(/^(\(\d+\) )?/, +number ? `(${number}) ` : "");
  }
  function tick() {
    for (const it of all(".toast[data-due]")) {
      const left = Math.ceil((Date.parse(it.dataset.due) - Date.now()) / 1000);
      if (left <= 0) { if (it.contains(document.activeElement)) focus(one("#card-title")); it.remove(); } else one(".left", it).textContent = left;
    }
  }
  function fade() { // good news goes by itself, unless it is being read, and does not pile up
    const good = all(".toast[data-fades]"), go = (it) => { if (!it.matches(":hover, :focus-within")) it.remove(); };
    good.slice(0, -GOOD_NEWS).forEach(go);
    good.forEach((it) => setTimeout(() => go(it), 10000));
    all("[data-closes]").forEach((it) => { it.hidden = false; });
  }
  // Each window shows an outcome once, even if another window already has: it asks for those since its last one.
  const had = new Set((sessionStorage.getItem("had") || "").split(" "));
  const isBack = sessionStorage.getItem("since");
  let since = isBack || document.body.dataset.asOf;
  function tell() {
    for (const it of all(".toast[data-key]:not([data-told])")) {
      it.dataset.told = "";
      if (it.dataset.at > since) since = it.dataset.at;
      if (had.has(it.dataset.key)) it.remove(); else had.add(it.dataset.key);
    }
    sessionStorage.setItem("had", [...had].slice(-50).join(" "));
    sessionStorage.setItem("since", since);
  }
  function chosen() {
    const boxes = all("#batch-form input[name=change]");
    if (boxes.length) one("#chosen").replaceChildren(Object.assign(document.createElement("b"), { textContent: boxes.filter((it) => it.checked).length }), ` of ${boxes.length} selected`);
  }
  function settle() {
    watch(); count(); tick(); tell(); fade();
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    document.cookie = `zone=${encodeURIComponent(zone)}; path=/; SameSite=Strict`; // times are shown on this clock
    all("#filter-apply").forEach((it) => { it.hidden = true; });
  }
  document.addEventListener("change", chosen);
  document.addEventListener("submit", (event) => {
    if (event.target.id === "filters") document.activeElement.blur();
    if (event.target.id === "batch-form") sessionStorage.setItem("many", "decided");
  }, true);
  setInterval(tick, 250);

  // The list keeps its place, and the focus goes to what is new.
  let scrolled = 0;
  document.addEventListener("htmx:beforeSwap", (event) => { if (["workspace", "rows"].includes(event.detail.target?.id)) scrolled = one(".list")?.scrollTop || 0; });
  document.addEventListener("htmx:afterSwap", (event) => {
    htmx.process(event.target); // htmx does so a moment later, and a key may come before
    if (event.detail.target?.id === "rows") { count(); one(".list").scrollTop = scrolled; mark(); return; }
    if (event.detail.target?.id !== "workspace") return;
    settle();
    const list = one(".list");
    if (list) list.scrollTop = scrolled;
    one(".row a[aria-current]")?.scrollIntoView({ block: "nearest" });
    const active = document.activeElement;
    if (active === document.body || !active.checkVisibility()) one("#card-title")?.focus({ preventScroll: true });
    if (!isWide()) scrollTo(0, 0);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "strip") event.detail.formData.set("since", since);
    if (event.detail.elt.id !== "filters") return;
    for (const [name, value] of [...event.detail.formData]) if (!value) event.detail.formData.delete(name);
  });
  document.addEventListener("htmx:oobAfterSwap", () => { tick(); tell(); fade(); count(); });

  // What others do, and what becomes of decisions, comes by itself.
  let due = 0, touched = new Set(), isOld = false;
  function fresh({ address, gone = [], new: come, count } = {}) {
    clearTimeout(due);
    [address, ...gone].forEach((it) => touched.add(it));
    // After a decision of one's own the list is already as the event says.
    const shows = ({ dataset, parentElement }) => gone.includes(dataset.address) || dataset.address === address && !parentElement.matches(".is-decided");
    isOld ||= come?.length || count !== +one("#count")?.dataset.count || rows().some(shows);
    due = setTimeout(() => {
      const news = touched, isListOld = isOld;
      touched = new Set(), isOld = false;
      if (!document.hidden) htmx.trigger("#strip", "fresh"); // a background tab catches up when it is shown
      if (!one("#rows")) return;
      const here = one("#card")?.dataset.address;
      // A card that someone is about to decide on is not replaced.
      const isFree = here ? news.has(here) && !one("details.act[open], #actions .htmx-request") : !isTyping(document.activeElement);
      if (isFree) htmx.trigger("#pane", "fresh");
      if (isListOld) htmx.trigger("#rows", "fresh");
    }, 150);
  }
  // Browsers allow six connections to a host, so a background tab polls instead of listening.
  function listen() {
    const { events, poll } = document.body.dataset;
    if (!events) return;
    let source = null, failures = 0, since = "", ticks = 0;
    const told = (event) => fresh(JSON.parse(event.data));
    const close = () => { source?.close(); source = null; };
    const open = () => {
      source = new EventSource(events);
      ["waiting", "decided", "outcome"].forEach((name) => source.addEventListener(name, told));
      source.addEventListener("open", () => { failures = 0; });
      source.addEventListener("error", () => {
        // EventSource reconnects by itself, but not after a refusal; if a proxy holds events back, polling takes over.
        if (source?.readyState === EventSource.CLOSED || ++failures > 2) close();
      });
    };
    const ask = async () => {
      const answer = await fetch(poll + (since && `?since=${since}`)).then((it) => it.ok ? it.json() : {}).catch(() => ({}));
      if (answer.changed) fresh();
      since = answer.id || since;
      return answer.id;
    };
    setInterval(async () => {
      if (document.hidden) close();
      if (source || document.hidden && ++ticks % 8) return;
      if (await ask() && !document.hidden && !source && failures < 3) open();
    }, 2000);
    if (!document.hidden) open();
    addEventListener("pagehide", close);
  }
  function mark() { // the list was fetched without the change that is open
    const open = one("#card")?.dataset.address;
    for (const it of rows()) it.toggleAttribute("aria-current", false);
    if (open) one(`.row a[data-address="${CSS.escape(open)}"]`)?.setAttribute("aria-current", "true");
  }
  // Shows the message in the answer, if there is one: the request may have arrived all the same.
  const failed = (html) => {
    const words = html && one("[role=alert]", new DOMParser().parseFromString(html, "text/html"))?.textContent;
    say(words || "The inbox did not answer. Check the list and Outcomes before you try again.");
  };
  document.addEventListener("htmx:sendError", () => failed());
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 404) return failed(event.detail.xhr.responseText);
    sessionStorage.setItem("told", "That change is no longer waiting. These are the ones that are.");
    location.assign(one("#workspace").dataset.url);
  });
  say(sessionStorage.getItem("told") || "");
  sessionStorage.removeItem("told");
  all(".keys-button").forEach((it) => { it.hidden = false; });
  settle();
  // Who has just scrolled through many with a key has not asked for the change that comes next.
  if (sessionStorage.getItem("many")) shown.since += 4 * SHOWN_FOR;
  sessionStorage.removeItem("many");
  listen();
  if (isBack && document.body.dataset.events) htmx.trigger("#strip", "fresh"); // catches up on outcomes that arrived between the pages
})();
