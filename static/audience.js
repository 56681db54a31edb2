// In the pages of visitors who agreed, and in no others: says which page was read, and from which site one came.
{
  const from = document.referrer && new URL(document.referrer).host;
  const body = new URLSearchParams({ page: location.pathname, from: from === location.host ? "" : from });
  fetch(document.currentScript.dataset.to, { method: "POST", body, keepalive: true });
}
