(() => {
  // "given" is written by dashboard/shell.py: languages (the first is the default), per language the words that replace
  // Streamlit's English ones ([english, ours]) and a description for each page
  const given = __GIVEN__;
  const NAMED = ["aria-label", "aria-roledescription", "title", "placeholder", "alt"];
  const UNREAD = "svg, script, style, [data-testid=stCode] code, [data-testid=stMarkdownContainer] table";

  // a meeting's file stands behind the number sign, so that no server sees it in an address; Streamlit reads it here
  const carried = () => {
    const file = /^#f=([\w.-]+)$/.exec(location.hash);
    if (!file) return;
    const search = new URLSearchParams(location.search);
    search.set("f", file[1]);
    history.replaceState(history.state, "", `${location.pathname}?${search}`);
  };
  carried();
  addEventListener("hashchange", () => { if (location.hash.startsWith("#f=")) location.reload(); });

  // pages lie one level deep: without this Streamlit first looks for its server beneath the page and finds nothing
  // until the server has told the theme Streamlit would draw with a font of its own, and fetch it for that
  const fonts = { bodyFont: "system-ui", headingFont: "system-ui", codeFont: "monospace" };
  window.__streamlit = {
    BACKEND_BASE_URL: new URL("./", location.href).href,
    LIGHT_THEME: fonts,
    DARK_THEME: fonts,
  };

  const asked = () => {
    const wanted = new URLSearchParams(location.search).get("lang");
    return wanted in given ? wanted : Object.keys(given)[0];
  };
  const escaped = (said) => said.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const dictionary = (words) => {
    const exact = new Map();
    const forms = [];
    for (const [english, ours] of words) {
      const name = /\{(\w+)\}/.exec(english);
      if (!name) exact.set(english, ours);
      else forms.push([new RegExp(`^${english.split(name[0]).map(escaped).join("(.+)")}$`), ours.split(name[0])]);
    }
    return (said) => {
      const known = exact.get(said);
      if (known !== undefined) return known;
      for (const [form, [before, after]] of forms) {
        const found = form.exec(said);
        if (found) return before + (exact.get(found[1]) ?? found[1]) + after;
      }
      return undefined;
    };
  };

  let language = null;
  let translated = () => undefined;
  const replaced = new WeakMap(); // per node: what stood there before, so that a change of language finds it again

  const renew = (node, place, read, write) => {
    const now = read();
    if (!now) return;
    const known = replaced.get(node)?.[place];
    const english = known && known.ours === now ? known.english : now;
    const bare = english.trim();
    const ours = translated(bare);
    const wanted = ours === undefined ? english : english.replace(bare, () => ours);
    if (ours !== undefined) replaced.set(node, { ...replaced.get(node), [place]: { english, ours: wanted } });
    if (wanted !== now) write(wanted);
  };
  const renewText = (node) => renew(node, "", () => node.data, (said) => { node.data = said; });
  const renewNames = (element) => {
    for (const name of NAMED)
      if (element.hasAttribute(name))
        renew(element, name, () => element.getAttribute(name), (said) => element.setAttribute(name, said));
  };
  // a chart is one picture with one text, its marks are described in English and help nobody
  const asPicture = (svg) => {
    const chart = svg.closest("[data-testid=stVegaLiteChart][aria-label]");
    if (!chart) return;
    chart.setAttribute("role", "img");
    chart.removeAttribute("aria-roledescription");
    svg.setAttribute("aria-hidden", "true");
  };
  const filter = {
    acceptNode: (node) => {
      if (node.nodeType !== Node.ELEMENT_NODE || !node.matches(UNREAD)) return NodeFilter.FILTER_ACCEPT;
      if (node.matches("svg")) asPicture(node);
      return NodeFilter.FILTER_REJECT;
    },
  };
  const renewAll = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return root.parentElement?.closest(UNREAD) || renewText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return undefined;
    if (root.matches("svg")) asPicture(root);
    if (root.closest(UNREAD)) return undefined;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, filter);
    for (let node = root; node; node = walker.nextNode())
      if (node.nodeType === Node.TEXT_NODE) renewText(node);
      else renewNames(node);
    return undefined;
  };

  const follow = () => {
    const wanted = asked();
    const { descriptions, words, locale } = given[wanted];
    const page = location.pathname.split("/").pop();
    const described = document.querySelector("meta[name=description]");
    if (described) described.content = descriptions[page] ?? descriptions[""];
    if (wanted === language) return;
    language = wanted;
    document.documentElement.lang = wanted;
    translated = dictionary(words);
    // the widgets' own announcements follow this instead of the browser's language
    window[Symbol.for("react-aria.i18n.locale")] = locale;
    dispatchEvent(new Event("languagechange"));
    if (document.body) renewAll(document.body);
  };
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...given) { original.apply(this, given); follow(); };
  }
  addEventListener("popstate", follow);
  follow();
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records)
      if (type === "childList") addedNodes.forEach(renewAll);
      else if (type === "characterData") renewAll(target);
      else if (!target.closest(UNREAD)) renewNames(target);
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMED,
  });
})();
