// Passkeys and security keys. What the server asks is in a JSON block of the page; what the key answers goes back in a form.
(function () {
  "use strict";
  const json = window.webauthnJSON;
  if (!json || !window.PublicKeyCredential) return;

  function send(form, answer) {
    form.querySelector("[name=credential]").value = JSON.stringify(answer);
    form.submit();
  }

  function data(form, name) {
    return JSON.parse(document.getElementById(form.dataset[name]).textContent);
  }

  function wire(form, ask) {
    form.hidden = false;
    form.addEventListener("submit", async function (event) {
      event.preventDefault();
      try {
        send(form, await ask(form));
      } catch (refused) {
        form.querySelector("button").focus(); // the person cancelled, or the key did not answer: nothing was sent
      }
    });
  }

  document.querySelectorAll("form[data-key-sign-in]").forEach((form) =>
    wire(form, async function () {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      return json.get((await answer.json()).request_options);
    })
  );
  document.querySelectorAll("form[data-key-use]").forEach((form) => wire(form, () => json.get(data(form, "keyUse").request_options)));
  document.querySelectorAll("form[data-key-add]").forEach((form) =>
    wire(form, function () {
      const options = data(form, "keyAdd").creation_options;
      const choice = options.publicKey.authenticatorSelection;
      const alone = form.querySelector("[name=passwordless]");
      choice.residentKey = alone && alone.checked ? "required" : "discouraged";
      choice.requireResidentKey = Boolean(alone && alone.checked);
      if (alone && alone.checked) choice.userVerification = "required";
      return json.create(options);
    })
  );
})();
