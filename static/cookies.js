// Choosing without leaving the page. Without this script, the same forms and the same page do it all.
"use strict";
{
  const said = document.getElementById("cookies-said");
  const kept = () => document.cookie.match(/(?:^|; )eu-consent=([^;]*)/)?.[1];
  const before = kept();
  const read = async (answer) => {
    if (!answer.ok) throw answer.status;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  let dialog;

  // Gone here as on every page, and the reader is where they were: at the beginning of the page.
  const answered = () => {
    const banner = document.getElementById("cookies");
    if (!banner) return;
    const leaves = banner.contains(document.activeElement);
    banner.remove();
    if (leaves) document.getElementById("main").focus({ preventScroll: true });
  };

  const fill = (page) => {
    const heading = document.createElement("h2");
    heading.id = "cookies-dialog-title";
    heading.textContent = page.querySelector("h1").textContent;
    const close = document.createElement("form");
    close.method = "dialog";
    close.append(Object.assign(document.createElement("button"), { className: "button small", textContent: said.dataset.close }));
    dialog.replaceChildren(heading, page.getElementById("cookies-panel"), close);
  };

  // What an agreement brings is in the page the server sent back: its scripts are run, and nothing else of it is used.
  const bring = (page) => {
    for (const found of page.querySelectorAll("script[src]")) {
      if ([...document.scripts].some((one) => one.src === found.src)) continue;
      const script = Object.assign(document.createElement("script"), { src: found.src });
      Object.assign(script.dataset, found.dataset);
      document.head.append(script);
    }
  };

  addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("#cookies form, .cookies-dialog form[data-cookies]") || form.dataset.plain) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    fetch(form.action, { method: "POST", body })
      .then(read)
      .then((page) => {
        if (dialog?.open) {
          fill(page);
          dialog.focus();
        }
        answered();
        bring(page);
        said.textContent = said.dataset.kept;
      })
      .catch(() => {
        form.dataset.plain = "yes";
        form.requestSubmit(event.submitter);
      });
  });

  addEventListener("click", (event) => {
    const link = event.target.closest("a[data-cookies-page]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (document.getElementById("cookies-panel")) return;
    event.preventDefault();
    fetch(link.href)
      .then(read)
      .then((page) => {
        dialog ??= document.body.appendChild(document.createElement("dialog"));
        dialog.className = "cookies-dialog";
        dialog.tabIndex = -1;
        dialog.setAttribute("aria-labelledby", "cookies-dialog-title");
        fill(page);
        dialog.showModal();
        dialog.focus();
      })
      .catch(() => location.assign(link.href));
  });

  // Another tab may have answered meanwhile, or this page come back from the browser's memory.
  const look = () => kept() && kept() !== before && answered();
  addEventListener("pageshow", look);
  addEventListener("visibilitychange", look);

  // Announced when a reader is not speaking; it is also the first thing in the page.
  said.textContent = document.getElementById("cookies-title")?.textContent ?? "";
}
