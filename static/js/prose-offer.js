/* A small offer below a place in the text: words, and buttons that act on it. It takes no focus by itself: writing goes
   on. It is reached with Tab or the shortcut of whoever shows it, and left with Esc. Screen readers are told politely.
   `stay()` puts it right after something above it has come or gone. */

import { crel, gettext } from "django-prose-editor/editor"

export class Offer {
  constructor(view, name) {
    this.view = view
    this.words = crel("p")
    this.buttons = crel("div", { className: "prose-offer__buttons" })
    this.dom = crel("div", { className: "prose-offer", role: "group", "aria-label": name, hidden: true }, [this.words, this.buttons])
    this.news = crel("p", { className: "prose-offer__news", role: "status" })
    this.dom.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return
      event.preventDefault()
      event.stopPropagation()
      this.leave()
    })
    this.stay = () => this.isOpen && this.settle(this.place)
    window.addEventListener("resize", this.stay)
    view.dom.addEventListener("scroll", this.stay)
    view.dom.after(this.dom, this.news)
  }

  get isOpen() {
    return !this.dom.hidden
  }

  /* `choices`: [{ label, run }]; each closes the offer. `leave` comes with every offer. */
  show({ place, words, choices, onLeave = () => {} }) {
    const news = `${words} ${gettext("Tab leads to the choices.")}`
    if (!this.isOpen || this.news.textContent !== news) this.news.textContent = news
    this.words.textContent = words
    this.onLeave = onLeave
    const leave = { label: gettext("Leave it"), run: () => this.onLeave() }
    this.buttons.replaceChildren(
      ...[...choices, leave].map(({ label, run }) => {
        const button = crel("button", { type: "button", textContent: label })
        button.addEventListener("click", () => {
          this.hide()
          this.view.focus()
          run()
        })
        return button
      }),
    )
    this.dom.hidden = false
    this.settle(place)
  }

  /* Below the place, within the editor's width. */
  settle(place) {
    this.place = place
    const frame = this.dom.offsetParent?.getBoundingClientRect()
    if (!frame) return
    const { left, bottom } = this.view.coordsAtPos(place)
    const room = frame.width - this.dom.offsetWidth - 8
    this.dom.style.left = `${Math.max(8, Math.min(left - frame.left, room))}px`
    this.dom.style.top = `${bottom - frame.top + this.dom.offsetParent.scrollTop + 6}px`
  }

  focus() {
    this.buttons.querySelector("button").focus()
  }

  hide() {
    this.dom.hidden = true
    this.news.textContent = ""
  }

  leave() {
    this.hide()
    this.view.focus()
    this.onLeave()
  }

  destroy() {
    window.removeEventListener("resize", this.stay)
    this.view.dom.removeEventListener("scroll", this.stay)
    this.dom.remove()
    this.news.remove()
  }
}
