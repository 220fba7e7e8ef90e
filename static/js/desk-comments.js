/* The comments of a story beside its text: templates/editorial/_comments.html has the parts, the server the threads.

   Passages are decorations, which change nothing in the text; they move with it while one types. A card and its passage
   lead to each other. Accepting a suggestion writes it into the text at once, and the story's form tells with the next
   save (field "accepted_suggestions"); undoing takes it back. What is typed into a card stays until it is sent. */

import { gettext, pm } from "django-prose-editor/editor"
import { whenReady } from "eir/prose-page"
import { isTaken, lettersOf, NEW, passageAt, passages, passagesPlugin, placeNear, placeOf, textAt } from "eir/prose-passages"

const POLL_SECONDS = 30
const GAP = 8
const BESIDE = matchMedia("(min-width: 80rem)")

/* ------------------------------------------------------------------ margin */

const idOf = (element) => element?.closest("[data-thread]")?.dataset.thread ?? null

class Margin {
  constructor(editor, template) {
    const { address, story, version } = template.dataset
    Object.assign(this, { editor, address, story, version, sources: new Map(), opened: editor.state.doc })
    this.dom = document.importNode(template.content, true).firstElementChild
    this.part = (selector) => this.dom.querySelector(selector)
    this.threads = this.part(".margin__threads")
    this.composer = this.part(".margin__new")
    this.form = this.composer.querySelector("form")
    this.storyForm = editor.options.element.closest("form")
    editor.options.element.after(this.dom)
    editor.options.element.parentElement.classList.add("with-margin")
    this.sizes = new ResizeObserver(() => this.settle())
    this.listen()
    this.register()
    this.recall()
    this.load().catch(() => {})
    setInterval(() => document.visibilityState === "visible" && this.load().catch(() => {}), POLL_SECONDS * 1000)
  }

  get view() {
    return this.editor.view
  }

  get state() {
    return passages.getState(this.editor.state)
  }

  /* The story's form, around this one, is not to take what happens here for a change of the story. */
  listen() {
    for (const event of ["input", "change", "submit", "keydown"]) {
      this.dom.addEventListener(event, (happened) => happened.stopPropagation())
    }
    this.dom.addEventListener("submit", (event) => {
      event.preventDefault()
      this.submit(event.target, event.submitter)
    })
    this.dom.addEventListener("input", ({ target }) => this.keep(target.form))
    this.dom.addEventListener("change", ({ target }) => target.name === "suggests" && this.offerWords(target.checked))
    /* A pressed button must stay where it is until it is let go: the mouse opens a card with the click, not before. */
    this.dom.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && this.attend(target))
    this.dom.addEventListener("click", (event) => this.click(event))
    this.dom.addEventListener("keydown", (event) => this.press(event))
    BESIDE.addEventListener("change", () => this.settle())
  }

  register() {
    const handleKeyDown = (_view, event) => {
      const isOurs = event.code === "KeyM" && event.altKey && (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph")
      if (isOurs) this.write()
      return isOurs
    }
    const handleClick = (_view, position) => (this.meet(position), false)
    this.editor.registerPlugin(passagesPlugin({ handleKeyDown, handleClick }))
    this.editor.on("update", ({ transaction }) => {
      if (transaction.getMeta("preventUpdate") !== undefined) this.findAgain()
      this.settle()
      this.report()
    })
    this.editor.storage.keySheet?.rows.push([gettext("Comments"), gettext("Comment on the selection; to the comment"), "Mod-Alt-m"])
  }

  tell(change) {
    this.view.dispatch(this.view.state.tr.setMeta(passages, change).setMeta("addToHistory", false))
  }

  /* ------------------------------------------------------ between card and text */

  card(id) {
    return this.threads.querySelector(`[data-thread="${id}"]`)
  }

  activate(id) {
    if (this.state.active !== id) this.tell({ active: id })
    for (const card of this.threads.querySelectorAll("[data-thread]")) card.classList.toggle("thread--active", card.dataset.thread === id)
    this.settle()
  }

  attend(element) {
    this.activate(this.composer.contains(element) ? NEW : idOf(element))
  }

  /* Of passages within each other the shortest counts. */
  threadAt(position) {
    const { doc } = this.view.state
    const isAround = ([id, place]) => id !== NEW && place.from <= position && position <= place.to && !isTaken(doc, place)
    const around = [...this.state.places].filter(isAround)
    return around.toSorted(([, one], [, other]) => one.to - one.from - (other.to - other.from))[0]?.[0] ?? null
  }

  meet(position) {
    const id = this.threadAt(position)
    this.activate(id)
    if (id) this.card(id)?.scrollIntoView({ block: "nearest" })
  }

  /* From the card into the text, with its words selected. */
  show(id) {
    const place = this.state.places.get(id)
    if (!place) return
    const { doc, tr } = this.view.state
    this.view.dispatch(tr.setSelection(pm.state.TextSelection.between(doc.resolve(place.from), doc.resolve(place.to))))
    this.view.focus()
    this.activate(id)
    this.view.domAtPos(place.from).node.parentElement.scrollIntoView({ block: "center" })
  }

  click(event) {
    const { target } = event
    this.attend(target)
    if (target.closest("[data-new]")) this.compose()
    if (target.closest("[data-cancel]")) this.leave()
    if (!target.closest(".thread__passage a")) return
    event.preventDefault()
    this.show(idOf(target))
  }

  /* Arrow keys with Alt lead from card to card, Esc back into the text; what is typed stays. */
  press(event) {
    if (event.key === "Escape") this.view.focus()
    const by = event.altKey && { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const cards = [...this.threads.querySelectorAll("[data-thread]")]
    const next = by && cards[cards.indexOf(this.card(idOf(event.target))) + by]
    if (!next) return
    event.preventDefault()
    this.enter(next)
  }

  enter(card) {
    card.querySelector("a, textarea, button")?.focus()
  }

  /* With words selected a new comment on them; otherwise the one that stands here, or one on the whole story. */
  write() {
    const { empty, from } = this.view.state.selection
    const id = empty ? this.threadAt(from) : null
    if (id) this.enter(this.card(id))
    else this.compose()
  }

  /* ------------------------------------------------------------- a new comment */

  compose() {
    const { from, to } = this.view.state.selection
    const { near, quote } = passageAt(lettersOf(this.view.state.doc), from, to)
    this.openComposer({ near, quote }, quote ? { from, to } : null)
    this.arrange()
    this.form.elements.text.focus()
  }

  openComposer({ near, quote }, place) {
    const { elements } = this.form
    Object.assign(elements.near, { value: near })
    Object.assign(elements.quote, { value: quote, readOnly: true })
    this.form.classList.toggle("thread__form--whole", !quote)
    this.form.classList.toggle("thread__form--long", !quote || quote.includes("\n"))
    if (!quote || quote.includes("\n")) elements.suggests.checked = false
    this.composer.hidden = false
    this.tell({ places: { [NEW]: place }, active: NEW })
    this.keep(this.form)
    this.settle()
  }

  offerWords(isWanted) {
    const { quote, replacement } = this.form.elements
    if (!isWanted) return
    if (!replacement.value) replacement.value = quote.value
    replacement.focus()
  }

  leave() {
    this.form.reset()
    this.forget(this.form)
    this.composer.hidden = true
    this.tell({ places: { [NEW]: null }, active: null })
    this.settle()
    this.view.focus()
  }

  /* ------------------------------------------- what is typed stays until it is sent */

  drawer(form) {
    return `comment-${this.story}-${form.elements.comment?.value ?? NEW}`
  }

  keep(form) {
    const kept = Object.fromEntries(new FormData(form))
    if (kept.text || kept.replacement) sessionStorage.setItem(this.drawer(form), JSON.stringify(kept))
    else this.forget(form)
  }

  forget(form) {
    sessionStorage.removeItem(this.drawer(form))
  }

  recall() {
    const kept = JSON.parse(sessionStorage.getItem(this.drawer(this.form)) ?? "null")
    if (!kept) return
    const { text, suggests, replacement } = this.form.elements
    Object.assign(text, { value: kept.text })
    Object.assign(suggests, { checked: Boolean(kept.suggests) })
    Object.assign(replacement, { value: kept.replacement ?? "" })
    this.openComposer(kept, placeNear(lettersOf(this.view.state.doc), kept.quote, Number(kept.near)))
  }

  /* ------------------------------------------------------------ with the server */

  async load() {
    this.receive(await this.ask())
  }

  async ask(options = {}) {
    const answer = await fetch(this.address, { credentials: "same-origin", ...options })
    if (answer.status === 400) throw new Error((await answer.json()).error)
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    if (answer.ok && page.querySelector(".threads")) return page
    throw new Error(gettext("This did not reach the newsroom. Your words are kept here: sign in again, or try later."))
  }

  async submit(form, button) {
    const error = this.part(".margin__error")
    error.textContent = ""
    try {
      if (button?.value === "accept") {
        this.take(this.card(idOf(form)))
        return
      }
      if (form === this.form) this.refreshPassage()
      const headers = { "X-CSRFToken": this.storyForm.elements.csrfmiddlewaretoken.value }
      const page = await this.ask({ method: "POST", body: new FormData(form, button), headers })
      this.forget(form)
      form.reset()
      this.receive(page)
      if (form === this.form) this.leave()
    } catch (refused) {
      error.textContent = refused instanceof TypeError ? gettext("There is no connection. Your words are kept here.") : refused.message
    }
  }

  /* The words may have changed since they were selected. */
  refreshPassage() {
    const place = this.state.places.get(NEW)
    if (!place || place.from >= place.to) return
    const { near, quote } = passageAt(lettersOf(this.view.state.doc), place.from, place.to)
    Object.assign(this.form.elements.near, { value: near })
    Object.assign(this.form.elements.quote, { value: quote })
  }

  /* New and changed cards; one that somebody is typing in stays as it is until later. */
  receive(page) {
    const focused = document.activeElement
    const fresh = this.keepKnown(page, focused)
    this.place(page.querySelector(".threads"))
    const wasIn = this.threads.contains(focused)
    this.threads.replaceChildren(...page.body.children)
    for (const item of fresh) this.adopt(item)
    this.sizes.disconnect()
    for (const element of [this.view.dom, ...this.threads.querySelectorAll("li")]) this.sizes.observe(element)
    if (wasIn) this.focusAgain(focused)
    const count = this.hasLoaded ? fresh.length : 0
    this.hasLoaded = true
    this.part("[role=status]").textContent = count ? gettext("Comments: %s new or changed.").replace("%s", count) : ""
    this.activate(this.state.active)
    this.report()
  }

  /* Puts the cards that are here already in the place of equal ones; returns the others. */
  keepKnown(page, focused) {
    const fresh = []
    for (const item of page.querySelectorAll(".threads > li")) {
      const id = idOf(item.firstElementChild)
      const old = this.card(id)?.closest("li")
      const isBusy = old?.contains(focused) && focused.matches("textarea") && focused.value
      if (old && (isBusy || this.sources.get(id) === item.innerHTML)) item.replaceWith(old)
      else {
        this.sources.set(id, item.innerHTML)
        fresh.push(item)
      }
    }
    return fresh
  }

  focusAgain(focused) {
    if (this.threads.contains(focused)) return focused.focus()
    const card = this.card(idOf(focused))
    return card ? this.enter(card) : this.part("[data-new]").focus()
  }

  adopt(item) {
    const form = item.querySelector("form")
    const kept = form && JSON.parse(sessionStorage.getItem(this.drawer(form)) ?? "null")
    if (kept && form.elements.text) form.elements.text.value = kept.text
  }

  /* Where each thread stands: by its numbers while the text is the one they count, by its words otherwise. */
  place(list) {
    const { doc } = this.view.state
    const letters = lettersOf(doc)
    const isAsSaved = list.dataset.version === this.version && doc.eq(this.opened)
    const places = {}
    for (const { dataset } of list.querySelectorAll("[data-thread]")) {
      if (this.state.places.has(dataset.thread)) continue
      const start = Number(dataset.start ?? 0)
      const counted = isAsSaved && dataset.start !== undefined && placeOf(letters, start, Number(dataset.end))
      const place = counted || placeNear(letters, dataset.quote, start)
      if (place) places[dataset.thread] = place
    }
    const gone = [...this.state.places.keys()].filter((id) => id !== NEW && !list.querySelector(`[data-thread="${id}"]`))
    this.tell({ places: { ...places, ...Object.fromEntries(gone.map((id) => [id, null])) } })
  }

  /* -------------------------------------------------------- accepted suggestions */

  take({ dataset: { thread, quote, replacement } }) {
    const place = this.state.places.get(thread)
    const { state } = this.view
    if (!place || textAt(state.doc, place) !== quote) {
      throw new Error(gettext("The passage was changed since; edit it by hand, or reject the suggestion."))
    }
    const { from, to } = place
    const marks = state.doc.nodeAt(from).marks
    const tr = replacement ? state.tr.replaceWith(from, to, state.schema.text(replacement, marks)) : state.tr.delete(from, to)
    const after = { from, to: from + replacement.length, words: replacement, instead: quote }
    this.view.dispatch(pm.history.closeHistory(tr.setMeta(passages, { places: { [thread]: after }, active: null })))
    this.part("[role=status]").textContent = gettext("Accepted; it is kept with the next save.")
    this.view.focus()
  }

  /* The form tells which were accepted. */
  report() {
    const { doc } = this.view.state
    const ids = [...this.state.places].filter(([, place]) => isTaken(doc, place)).map(([id]) => id)
    const field = this.storyForm.elements.accepted_suggestions
    if (field) field.value = ids.join(",")
    for (const card of this.threads.querySelectorAll("[data-thread]")) card.classList.toggle("thread--taken", ids.includes(card.dataset.thread))
  }

  /* -------------------------------------------------------------------- layout */

  settle() {
    cancelAnimationFrame(this.settling)
    this.settling = requestAnimationFrame(() => this.arrange())
  }

  /* Another text was put into the editor as a whole, as a kept draft is: passages are where their words are. */
  findAgain() {
    const letters = lettersOf(this.view.state.doc)
    const cards = [...this.threads.querySelectorAll("[data-thread]")]
    const found = cards.map(({ dataset }) => [dataset.thread, placeNear(letters, dataset.quote, Number(dataset.start ?? 0))])
    this.tell({ places: Object.fromEntries(found) })
  }

  /* Beside the text each card stands at its passage, or below the card before it; on a narrow screen they follow. */
  arrange() {
    const body = this.part(".margin__body")
    const top = body.getBoundingClientRect().top
    const wishOf = (id) => {
      const place = this.state.places.get(id)
      return place ? this.view.coordsAtPos(place.from).top - top : 0
    }
    const cards = [...this.threads.querySelectorAll(".threads > li")]
    const all = cards.map((item) => ({ item, wish: wishOf(idOf(item.firstElementChild)), height: item.offsetHeight }))
    if (!this.composer.hidden) all.push({ item: this.composer, wish: wishOf(NEW), height: this.composer.offsetHeight })
    let floor = 0
    for (const { item, wish, height } of all.toSorted((one, other) => one.wish - other.wish)) {
      const at = Math.max(floor, wish)
      item.style.top = BESIDE.matches ? `${at}px` : ""
      floor = at + height + GAP
    }
    body.style.minHeight = BESIDE.matches ? `${floor}px` : ""
  }
}

const template = document.getElementById("desk-comments")
if (template) whenReady((editor) => new Margin(editor, template))
