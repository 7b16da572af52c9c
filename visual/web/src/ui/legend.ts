// What the colours and symbols mean.

import { el } from "../dom";
import { lang, localised, t } from "../i18n";
import { STATES } from "../states";

export function makeLegend(): HTMLElement {
  const list = el("ul.legend");
  localised(() => {
    list.setAttribute("aria-label", t("legend"));
    list.replaceChildren(...STATES.map((look) => {
      const symbol = el("span.key", { "aria-hidden": "true" }, look.symbol);
      symbol.style.setProperty("--state", look.colour);
      symbol.style.setProperty("--ink", look.ink);
      return el("li", {}, symbol, look.title[lang()]);
    }));
  });
  return list;
}
