// Making elements in one line.

type Props = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

/** `el("button.big", {type: "button", onclick: f}, "Go")`; text is never parsed as HTML. */
export function el<T extends HTMLElement = HTMLElement>(
  what: string, props: Props = {}, ...children: (Node | string)[]
): T {
  const [tag = "div", ...classes] = what.split(".");
  const node = document.createElement(tag) as T;
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined) continue;
    if (typeof value === "function") node.addEventListener(key.slice(2), value as EventListener);
    else if (typeof value === "boolean") node.toggleAttribute(key, value);
    else node.setAttribute(key, String(value));
  }
  node.append(...children);
  return node;
}

/** Sets text only when it differs: nothing is laid out for nothing. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
