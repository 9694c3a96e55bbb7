/**
 * What runs in the reader's browser: the search, and the choice between light and dark. It is one plain script, so that it also runs from
 * `file://`; it asks nothing of anybody, and puts what it finds into the page as text.
 */
export const client = `"use strict";
(function () {
  var root = document.documentElement;
  try { var theme = localStorage.getItem("appl-theme"); if (theme) root.dataset.theme = theme; } catch (_) {}
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector("header button");
    button.hidden = false;
    button.addEventListener("click", function () {
      var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("appl-theme", root.dataset.theme); } catch (_) {}
    });
    var menu = document.querySelector("nav > details");
    var narrow = matchMedia("(max-width: 50rem)");
    var fold = function () { menu.open = !narrow.matches; };
    fold();
    narrow.addEventListener("change", fold);
    startSearch(document.querySelector(".search input"), document.querySelector(".search ol"), document.body.dataset.root);
  });

  function startSearch(input, list, base) {
    var index = null;
    var selected = -1;
    input.disabled = false;
    var ready = function () {
      if (index !== null) return index;
      index = new MiniSearch({ fields: ["name", "words", "doc"], storeFields: ["name", "kind", "where", "doc", "href"],
        processTerm: function (term) { return term.toLowerCase(); } });
      index.addAll(window.applDocuments);
      return index;
    };
    var select = function (next) {
      var links = list.querySelectorAll("a");
      if (links.length === 0) return;
      selected = (next + links.length) % links.length;
      links.forEach(function (link, at) { link.setAttribute("aria-selected", String(at === selected)); });
      links[selected].scrollIntoView({ block: "nearest" });
    };
    var show = function () {
      var wanted = input.value.trim();
      list.replaceChildren();
      selected = -1;
      input.setAttribute("aria-expanded", String(wanted !== ""));
      if (wanted === "") return;
      var found = ready().search(wanted, { prefix: true, fuzzy: 0.2, boost: { name: 4, words: 2 }, combineWith: "AND" }).slice(0, 12);
      found.forEach(function (one) {
        var item = document.createElement("li");
        var link = document.createElement("a");
        link.href = base + one.href;
        link.append(labelled("span", "found", one.name), labelled("span", "where", one.kind + " · " + one.where));
        if (one.doc) link.append(labelled("p", "", one.doc));
        item.append(link);
        list.append(item);
      });
      if (found.length === 0) list.append(labelled("li", "none", "Nothing is found for " + wanted));
      else select(0);
    };
    var labelled = function (tag, name, text) {
      var element = document.createElement(tag);
      if (name) element.className = name;
      element.textContent = text;
      return element;
    };
    input.addEventListener("input", show);
    input.addEventListener("focus", show);
    input.addEventListener("keydown", function (event) {
      var links = list.querySelectorAll("a");
      if (event.key === "ArrowDown") { event.preventDefault(); select(selected + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); select(selected - 1); }
      else if (event.key === "Enter" && links[selected]) location.href = links[selected].href;
      else if (event.key === "Escape") { input.value = ""; show(); input.blur(); }
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(?:INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); input.focus(); }
    });
    document.addEventListener("click", function (event) {
      if (!event.target.closest(".search")) { list.replaceChildren(); input.setAttribute("aria-expanded", "false"); }
    });
  }
})();
`
