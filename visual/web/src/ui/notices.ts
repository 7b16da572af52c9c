// Short messages: one that stays while the connection is lost, and ones that go by themselves.

import { el, setText } from "../dom";

const STAY = 5000; // ms

export class Notices {
  readonly banner = el("div.banner", { role: "alert", hidden: true });
  readonly toasts = el("div.toasts", { role: "status", "aria-live": "polite" });

  lost(text: string | null): void {
    this.banner.hidden = text === null;
    document.body.classList.toggle("lost", text !== null);
    if (text !== null) setText(this.banner, text);
  }

  say(text: string, bad = false): void {
    const node = el(bad ? "div.toast.bad" : "div.toast", {}, text);
    this.toasts.append(node);
    while (this.toasts.children.length > 3) this.toasts.firstElementChild?.remove();
    setTimeout(() => node.remove(), bad ? 2 * STAY : STAY);
  }
}
