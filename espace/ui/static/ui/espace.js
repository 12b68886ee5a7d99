// Progressive enhancement only: every page works without this file.
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// An error summary takes the focus, so that it is read first. Its links then lead to the fields.
$$("[data-focus]")[0]?.focus();

// A form is sent once: the button says it is busy, a second press does nothing. Coming back revives it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "many" in form.dataset || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  (event.submitter ?? form.querySelector("[type=submit]"))?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
  $$("[type=submit][aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

// A confirmation opens in place of the page that would ask the same question.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = event.target.closest("[data-close]");
  const open = closer?.closest("dialog");
  if (open) {
    event.preventDefault();
    open.close();
  }
});

// Folded menus close with Escape, or when one goes elsewhere.
const menus = () => $$("details.sick[open],details[data-menu][open]");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape")
    menus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  const search = document.querySelector("[data-search]");
  const typing = event.target.closest?.("input,textarea,select,[contenteditable]");
  if (event.key === "/" && search && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.select();
  }
});
document.addEventListener("click", (event) =>
  menus().forEach((menu) => menu.contains(event.target) || (menu.open = false)),
);

// A password can be shown; without scripts the button is not there.
$$("[data-reveal]").forEach((button) => {
  const input = document.getElementById(button.dataset.reveal);
  if (!input) return;
  const show = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? button.dataset.hide : show;
  });
});

// Filters apply as they change.
document.addEventListener("change", (event) => event.target.closest("[data-autosubmit]")?.form?.requestSubmit());
document.addEventListener("change", (event) => event.target.closest("form[data-autosubmit]")?.requestSubmit());
