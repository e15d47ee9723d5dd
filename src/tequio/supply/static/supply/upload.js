// A file too large is told before it is sent, and what is sent shows how far it is. Without this the server says the same.
(function () {
  "use strict";
  function chosen(input) {
    var form = input.form, place = document.getElementById("elegido"), button = form.querySelector("button[type=submit]");
    var file = input.files && input.files[0], most = Number(input.dataset.most);
    if (!place) { return; }
    var large = Boolean(file) && file.size > most;
    place.textContent = file ? file.name + " (" + (file.size / 1048576).toFixed(1) + " MiB). " + (large ? form.dataset.tooLarge : "") : "";
    button.disabled = large;
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("input.drop")) { chosen(event.target); }
  });
  ["dragenter", "dragover", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (event.target.matches && event.target.matches("input.drop")) {
        event.target.classList.toggle("over", name === "dragenter" || name === "dragover");
      }
    });
  });
  document.addEventListener("htmx:xhr:progress", function (event) {
    var box = document.getElementById("subiendo");
    if (!box || !event.detail.lengthComputable) { return; }
    box.hidden = false;
    box.querySelector("progress").value = 100 * event.detail.loaded / event.detail.total;
  });
})();
