// What the pages gain with JavaScript. Everything they must do, they do without it.
(function () {
  "use strict";
  var byId = function (id) { return document.getElementById(id); };

  function say(text) {
    var place = byId("anuncio");
    if (place) { place.textContent = ""; window.setTimeout(function () { place.textContent = text; }, 50); }
  }

  function ready(root) {
    root.querySelectorAll("[data-dismiss], [data-close]").forEach(function (button) { button.hidden = false; });
  }

  document.addEventListener("DOMContentLoaded", function () {
    ready(document);
    var summary = byId("corregir");
    if (summary) { summary.focus(); }
  });

  document.addEventListener("click", function (event) {
    var dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) { dismiss.closest("li").remove(); }
    var close = event.target.closest("[data-close]");
    if (close) { shut(close.closest("details")); }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    var open = document.activeElement && document.activeElement.closest("details.menu[open], details.confirm[open]");
    if (open) { shut(open); }
  });

  document.addEventListener("toggle", function (event) {
    if (event.target.matches && event.target.matches("details.confirm") && event.target.open) {
      var first = event.target.querySelector("form input:not([type=hidden]), form textarea, form select, form button");
      if (first) { first.focus(); }
    }
  }, true);

  function shut(details) {
    details.open = false;
    details.querySelector("summary").focus();
  }

  // Parts of a page: what went well takes away what had failed, and is said aloud; what got no answer is told.
  document.addEventListener("htmx:afterRequest", function (event) {
    var place = byId("fallas");
    if (place && event.detail.successful) { place.replaceChildren(); }
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    ready(event.target);
    var said = event.target.querySelector && event.target.querySelector("[data-announce]");
    if (said) { say(said.textContent); }
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function () {
      var place = byId("fallas");
      if (!place) { return; }
      var box = document.createElement("div");
      box.className = "failure";
      box.textContent = place.dataset.offline;
      place.replaceChildren(box);
    });
  });
})();
