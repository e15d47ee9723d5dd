// The review by keyboard alone. Without JavaScript the same buttons do the same.
(function () {
  "use strict";
  var OFF = "tequio.sin-teclas";
  var chosen = null;
  var byId = function (id) { return document.getElementById(id); };

  function off() {
    try { return window.localStorage.getItem(OFF) === "1"; } catch (error) { return false; }
  }

  function choose(button) {
    var form = byId("juzgar");
    if (!form || !button || button.disabled) { return; }
    form.querySelectorAll("button.chosen").forEach(function (other) { other.classList.remove("chosen"); });
    chosen = button;
    button.classList.add("chosen");
    byId("elegido").textContent = button.firstChild.textContent.trim() + ": Ctrl + Intro";
    form.querySelector("textarea").focus();
  }

  function typing(target) {
    return target.closest && target.closest("input, textarea, select, [contenteditable]");
  }

  document.addEventListener("keydown", function (event) {
    var form = byId("juzgar");
    if (typing(event.target)) {
      if (event.key === "Escape") { event.target.blur(); }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && chosen && form && form.contains(event.target)) {
        event.preventDefault();
        form.requestSubmit(chosen);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || off()) { return; }
    if (event.key === "?") {
      var help = byId("teclas");
      if (help) { help.open = !help.open; if (help.open) { help.querySelector("summary").focus(); } }
      return;
    }
    if (event.key === "s") {
      var next = byId("siguiente");
      if (next) { event.preventDefault(); next.click(); }
      return;
    }
    if (form && /^[crd]$/.test(event.key)) {
      event.preventDefault();
      choose(form.querySelector('button[data-key="' + event.key + '"]'));
    }
  });

  document.addEventListener("DOMContentLoaded", function () {
    var button = byId("sin-teclas");
    if (!button) { return; }
    var show = function () { button.setAttribute("aria-pressed", off() ? "true" : "false"); };
    button.hidden = false;
    show();
    button.addEventListener("click", function () {
      try { window.localStorage.setItem(OFF, off() ? "0" : "1"); } catch (error) { return; }
      show();
    });
  });
})();
