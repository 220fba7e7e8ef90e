/* The preflight while one types: asks again two seconds after the last change, and leads to what was found.

   The counts are told politely, and only when they change; the list is never swapped under the reader's cursor. */

import { whenReady } from "eir/prose-page"

const PAUSE = 2000

const panel = document.querySelector(".preflight")
const form = document.getElementById("article_form")
const found = panel.querySelector(".preflight__found")
const summary = panel.querySelector(".preflight__summary")
const spoken = panel.parentElement.querySelector(".preflight__spoken")

/* ---------------------------------------------------------------- asking */

let timer = 0
let asking = null
let waiting = null

const show = (html) => {
  if (found.contains(document.activeElement)) {
    waiting = html
    return
  }
  waiting = null
  found.innerHTML = html
  const counts = found.querySelector("[data-preflight=counts]").textContent
  if (counts === summary.textContent) return
  summary.textContent = counts
  spoken.textContent = `Preflight: ${counts}`
}

const ask = async () => {
  asking?.abort()
  asking = new AbortController()
  try {
    const answer = await fetch(panel.dataset.address, { method: "POST", body: new FormData(form), signal: asking.signal })
    if (answer.ok && !answer.redirected) show(await answer.text())
  } catch {
    /* No network, or a newer question: what was found last stays. */
  }
}

const askSoon = () => {
  clearTimeout(timer)
  timer = setTimeout(ask, PAUSE)
}

form.addEventListener("input", askSoon)
form.addEventListener("change", askSoon)
/* The choosers tell of changes by jQuery alone. */
window.django?.jQuery?.(form).on("change", "select", askSoon)
found.addEventListener("focusout", () => setTimeout(() => waiting !== null && show(waiting)))

/* --------------------------------------------------------------- leading */

const placeOf = (doc, passage) => {
  let place = null
  doc.descendants((block, position) => {
    if (place || !block.isTextblock) return !place
    const start = block.textBetween(0, block.content.size, "", " ").indexOf(passage)
    if (start >= 0) place = { from: position + 1 + start, to: position + 1 + start + passage.length }
    return false
  })
  return place
}

const leadToPassage = (passage) =>
  whenReady((editor) => {
    const place = passage ? placeOf(editor.state.doc, passage) : null
    const chain = editor.chain().focus()
    if (place) chain.setTextSelection(place).scrollIntoView()
    chain.run()
    if (!place) editor.view.dom.scrollIntoView({ block: "start" })
  })

const leadToField = (name) => {
  const field = form.querySelector(`[name="${name}"]`)
  const chooser = field?.classList.contains("select2-hidden-accessible") && field.nextElementSibling
  const target = (chooser && chooser.querySelector(".select2-search__field, .select2-selection")) || field
  target?.scrollIntoView({ block: "center" })
  target?.focus({ preventScroll: true })
}

panel.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-field]")
  if (!link) return
  event.preventDefault()
  if (link.dataset.field === "body") leadToPassage(link.dataset.passage)
  else leadToField(link.dataset.field)
})
