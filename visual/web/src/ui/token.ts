// Asks for the instructor's password when the server wants it.

import { el } from "../dom";
import { t } from "../i18n";

export function askToken(): Promise<string | null> {
  return new Promise((resolve) => {
    const input = el<HTMLInputElement>("input", { type: "password", autocomplete: "off", "aria-label": t("tokenWanted"), required: true });
    const dialog = el<HTMLDialogElement>("dialog.token", {},
      el("form", { method: "dialog" },
        el("p", {}, t("tokenWanted")), input,
        el("div.token-actions", {},
          el("button", { type: "button", onclick: () => dialog.close("") }, t("cancel")), el("button.go", { value: "give" }, t("give")))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      // latin text only: it travels in a header
      resolve(dialog.returnValue === "give" && /^[\x21-\x7e]+$/.test(input.value) ? input.value : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
