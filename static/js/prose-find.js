/* Find and replace in the text: a bar above it, the hits tinted as decorations, which change nothing in the text. A
   straight quotation mark finds a curly one, and a space a narrow one. Replacing is one step of the undo history. */

import { crel, Extension, gettext, Plugin, pm } from "django-prose-editor/editor"

const key = new pm.state.PluginKey("findReplace")
const NOTHING = { isOpen: false, words: "", matchCase: false, wholeWord: false, hits: [], current: -1 }

/* ---------------------------------------------------------------- finding */

const LOOSELY = { "'": "['’‘‚]", '"': '["“”„«»]', " ": "[ \\u00a0\\u202f]" }

const pattern = ({ words, matchCase, wholeWord }) => {
  const text = [...words].map((sign) => LOOSELY[sign] ?? sign.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("")
  const whole = wholeWord ? `(?<![\\p{L}\\p{N}])${text}(?![\\p{L}\\p{N}])` : text
  return new RegExp(whole, matchCase ? "gu" : "giu")
}

const find = (doc, wanted) => {
  const hits = []
  if (!wanted.words) return hits
  const expression = pattern(wanted)
  doc.descendants((block, position) => {
    if (!block.isTextblock) return true
    const text = block.textBetween(0, block.content.size, "", "\ufffc")
    for (const { index, 0: found } of text.matchAll(expression)) {
      hits.push({ from: position + 1 + index, to: position + 1 + index + found.length })
    }
    return false
  })
  return hits
}

/* The hit to stand on: the one at or after a place, else the first. */
const nearest = (hits, place) => {
  const index = hits.findIndex(({ from }) => from >= place)
  return index < 0 && hits.length ? 0 : index
}

const reduce = (transaction, before) => {
  const change = transaction.getMeta(key)
  if (!change && !(before.isOpen && transaction.docChanged)) return before
  const now = { ...before, ...change }
  if (!now.isOpen) return NOTHING
  if (change?.current !== undefined) return now
  const hits = find(transaction.doc, now)
  const isNew = change?.isOpen || change?.words !== undefined
  const standing = isNew ? null : before.hits[before.current]
  const place = standing ? transaction.mapping.map(standing.from) : transaction.selection.from
  return { ...now, hits, current: nearest(hits, place) }
}

const tint = (state) => {
  const { hits, current } = key.getState(state)
  const mark = ({ from, to }, index) =>
    pm.view.Decoration.inline(from, to, { class: index === current ? "prose-hit prose-hit--current" : "prose-hit" })
  return pm.view.DecorationSet.create(state.doc, hits.map(mark))
}

/* ---------------------------------------------------------------- acting */

const tell = (view, change) => view.dispatch(view.state.tr.setMeta(key, change).setMeta("addToHistory", false))

const show = (view) => view.dom.querySelector(".prose-hit--current")?.scrollIntoView({ block: "center" })

const step = (view, by) => {
  const { hits, current } = key.getState(view.state)
  if (!hits.length) return
  tell(view, { current: (current + by + hits.length) % hits.length })
  show(view)
}

const put = (tr, { from, to }, text) => (text ? tr.insertText(text, from, to) : tr.delete(from, to))

const replaceOne = (view, text) => {
  const { hits, current } = key.getState(view.state)
  const hit = hits[current]
  if (!hit) return
  const tr = pm.history.closeHistory(put(view.state.tr, hit, text))
  view.dispatch(tr.setSelection(pm.state.TextSelection.near(tr.doc.resolve(hit.from + text.length))).setMeta(key, {}))
  show(view)
}

const replaceAll = (view, text) => {
  const { hits } = key.getState(view.state)
  const tr = view.state.tr
  for (const hit of hits.toReversed()) put(tr, hit, text)
  view.dispatch(pm.history.closeHistory(tr))
  return hits.length
}

/* -------------------------------------------------------------------- bar */

const own = (element) => (element.setAttribute("form", "prose-find-has-no-form"), element)
const textInput = (label) => own(crel("input", { type: "text", className: "prose-find__text", "aria-label": label, placeholder: label }))
const button = (label, act, sign = "") => {
  const made = crel("button", { type: "button", textContent: sign || label, title: sign ? label : "" })
  if (sign) made.setAttribute("aria-label", label)
  made.addEventListener("click", act)
  return made
}
const box = (label, act) => {
  const input = own(crel("input", { type: "checkbox" }))
  input.addEventListener("change", () => act(input.checked))
  return crel("label", { className: "prose-find__box" }, [input, ` ${label}`])
}

class Bar {
  constructor(view) {
    this.view = view
    this.words = textInput(gettext("Find"))
    this.replacement = textInput(gettext("Replace with"))
    this.status = crel("output", { className: "prose-find__status" })
    this.status.setAttribute("form", "prose-find-has-no-form")
    this.dom = crel("div", { className: "prose-find", role: "search", "aria-label": gettext("Find and replace"), hidden: true }, [
      crel("div", {}, [
        this.words,
        this.status,
        button(gettext("Previous"), () => step(view, -1), "↑"),
        button(gettext("Next"), () => step(view, 1), "↓"),
        box(gettext("Match case"), (matchCase) => tell(view, { matchCase })),
        box(gettext("Whole word"), (wholeWord) => tell(view, { wholeWord })),
        button(gettext("Close"), () => this.close(), "×"),
      ]),
      crel("div", {}, [
        this.replacement,
        button(gettext("Replace"), () => replaceOne(view, this.replacement.value)),
        button(gettext("Replace all"), () => {
          const replaced = replaceAll(view, this.replacement.value)
          this.status.textContent = gettext("%s replaced").replace("%s", replaced)
        }),
      ]),
    ])
    this.words.addEventListener("input", () => (tell(view, { words: this.words.value }), show(view)))
    for (const event of ["input", "change"]) this.dom.addEventListener(event, (happened) => happened.stopPropagation())
    this.dom.addEventListener("keydown", (event) => this.press(event))
  }

  press(event) {
    if (event.key === "Escape") this.close()
    else if (event.key === "Enter" && event.target === this.words) step(this.view, event.shiftKey ? -1 : 1)
    else if (event.key === "Enter" && event.target === this.replacement) replaceOne(this.view, this.replacement.value)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  open(isReplacing) {
    const { from, to } = this.view.state.selection
    const selected = this.view.state.doc.textBetween(from, to, "\n")
    if (selected && !selected.includes("\n")) this.words.value = selected
    this.dom.hidden = false
    this.view.dom.before(this.dom)
    this.dom.style.top = `${this.dom.previousElementSibling?.offsetHeight ?? 0}px`
    tell(this.view, { isOpen: true, words: this.words.value })
    const field = isReplacing && this.words.value ? this.replacement : this.words
    field.focus()
    field.select()
    show(this.view)
  }

  /* Back into the text, with the hit one stood on selected. */
  close() {
    const { hits, current } = key.getState(this.view.state)
    const tr = this.view.state.tr.setMeta(key, { isOpen: false })
    const hit = hits[current]
    if (hit) tr.setSelection(pm.state.TextSelection.create(tr.doc, hit.from, hit.to))
    this.dom.hidden = true
    this.view.dispatch(tr.setMeta("addToHistory", false))
    this.view.focus()
  }

  update(view, before) {
    const now = key.getState(view.state)
    if (now === key.getState(before)) return
    const count = now.hits.length ? gettext("%s of %s").replace("%s", now.current + 1).replace("%s", now.hits.length) : ""
    this.status.textContent = count || (now.words ? gettext("Not found") : "")
  }

  destroy() {
    this.dom.remove()
  }
}

export const FindReplace = Extension.create({
  name: "findReplace",
  priority: 1000,

  addStorage: () => ({ bar: null }),

  addKeyboardShortcuts() {
    const open = (isReplacing) => () => (this.storage.bar.open(isReplacing), true)
    const move = (by) => () => !this.storage.bar.dom.hidden && (step(this.editor.view, by), true)
    const close = () => !this.storage.bar.dom.hidden && (this.storage.bar.close(), true)
    return { "Mod-f": open(false), "Mod-Alt-h": open(true), "Mod-g": move(1), "Mod-Shift-g": move(-1), Escape: close }
  },

  addProseMirrorPlugins() {
    const { storage } = this
    const view = (editorView) => (storage.bar = new Bar(editorView))
    const state = { init: () => NOTHING, apply: reduce }
    return [new Plugin({ key, state, view, props: { decorations: tint } })]
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "findReplace",
      groups: "utility",
      priority: 110,
      button: buttons.material("search", gettext("Find and replace")),
      command: () => this.storage.bar.open(false),
    })
  },
})
