// Joins a button of the page to allauth's passkey functions. What to join is said by the script's own element.
document.addEventListener("DOMContentLoaded", () => {
  const { use, button, credential } = document.querySelector("script[data-use]").dataset;
  const passwordless = document.getElementById("id_passwordless") ? "id_passwordless" : undefined;
  const names = { login: button, add: button, authenticate: button, passwordless, credential };
  if (document.getElementById("js_data")) names.data = "js_data";
  window.allauth.webauthn.forms[use]({ ids: names });
});
// A browser that gave up, or a person who did: the page stays as it is.
document.addEventListener("allauth.error", (event) => event.preventDefault());
