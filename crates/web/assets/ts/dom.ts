export const one = <T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T | null =>
  within.querySelector<T>(selector);

export const all = <T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] =>
  [...within.querySelectorAll<T>(selector)];

/** The element of an event that matches, or one around it. */
export const around = (event: Event, selector: string): HTMLElement | null =>
  event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;

export const isShown = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** True while text is typed, so that letters stay letters. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));

/** An input method is composing: no key is ours, Enter and Escape included. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;
