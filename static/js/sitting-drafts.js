/* Text that was typed on earlier pages and never saved: found, offered, put back or discarded. */

import { box, field, fill, isSame, isSameText, mayEdit, typed } from "eir/sitting-form"
import { announce, clock, day, element, part, showState } from "eir/sitting-news"
import { forget, isDirty, keepHere, newTab, page, placeOf, read, store, tabsHere } from "eir/sitting-page"
import { afterSync, sync, tell } from "eir/sitting-server"

const UNDO = 3600e3
const KEPT = 30 * 24 * 3600e3
const undoKey = `eir:discarded:${box.dataset.user}:${box.dataset.story}`

/* Drafts of earlier pages: those the server named, and those only this browser has. */
export const collectDrafts = () => {
  for (const item of box.querySelectorAll(".unsaved")) {
    const record = JSON.parse(item.querySelector("script").textContent)
    const { tab, merge, discard } = item.dataset
    page.drafts.set(tab, { ...record, item, merge, discard, isThere: true })
  }
  if (!mayEdit) return
  for (const tab of tabsHere()) {
    const record = read(placeOf(tab))
    if (tab === page.tab || !record) continue
    const known = page.drafts.get(tab)
    const isStale = Date.now() - record.at > KEPT || isSame(record.fields, page.opened)
    if (isStale || (known && isSame(record.fields, known.fields))) {
      forget(tab)
      if (isStale && known) known.item.remove()
      if (isStale) page.drafts.set(tab, { ...record, isDone: true })
    } else page.drafts.set(tab, { ...known, ...record, isThere: false })
  }
}

/* The merge page leads back here with the name of the draft that is now part of a saved text. */
export const forgetMerged = () => {
  const here = new URL(location.href)
  if (!here.searchParams.has("merged")) return
  forget(here.searchParams.get("merged"))
  here.searchParams.delete("merged")
  history.replaceState(history.state, "", here)
}

/* What was typed between the click on Save and its answer goes on where it was typed; whether there was any. */
export const goOn = async () => {
  let isAny = false
  for (const [tab, draft] of page.drafts) {
    if (!draft.after || draft.isDone || !isSameText(draft.after, page.opened) || isDirty()) continue
    draft.item?.remove()
    if (isSame({ slug: draft.fields.slug }, { slug: draft.after.slug })) draft.fields.slug = page.opened.slug
    await restore(tab, "What you typed while it was being saved is in the form again; save once more.")
    isAny = true
  }
  return isAny
}

/* The server settles which drafts are news: it knows what was saved since. */
const sendDraftsAlong = async () => {
  for (const [tab, draft] of page.drafts) {
    if (draft.isThere) continue
    const answer = await tell({ tab, base: draft.base, fields: draft.isDone ? {} : draft.fields })
    if (!answer) return
    if (draft.isDone || !answer.draft) {
      draft.item?.remove()
      page.drafts.delete(tab)
      forget(tab)
    } else show(tab, { ...draft, ...answer.draft, isThere: true })
  }
}

const show = (tab, draft) => {
  page.drafts.set(tab, draft)
  if (!draft.item) {
    draft.item = document.getElementById("unsaved-draft").content.firstElementChild.cloneNode(true)
    box.querySelector(".sitting__unsaved").append(draft.item)
  }
  const isOld = draft.base !== page.base
  const find = (name) => draft.item.querySelector(`[data-${name}]`)
  if (draft.at) find("when").textContent = draft.isThere && draft.item.dataset.tab ? "" : ` on ${day(draft.at)}, ${clock(draft.at)}`
  find("compare").href = draft.merge
  find("compare").textContent = isOld ? "Bring both together" : "Compare"
  find("really").setAttribute("formaction", draft.discard)
  find("restore").hidden = isOld || !mayEdit
  find("restore").onclick = () => restore(tab)
  find("really").onclick = (event) => {
    event.preventDefault()
    discard(tab)
  }
}

/* Those that came with the page. */
export const offerDrafts = () => {
  for (const [tab, draft] of page.drafts) if (draft.item?.isConnected) show(tab, draft)
}

/* Into the form; what stood in the form unsaved becomes a draft of its own first. */
const restore = async (tab, note = "Put back. It is not saved yet.") => {
  const draft = page.drafts.get(tab)
  if (isDirty()) {
    await sync()
    page.drafts.set(page.tab, { ...read(placeOf(page.tab)), isThere: false })
    field("tab").value = page.tab = newTab()
  }
  await fill(draft)
  keepHere()
  draft.item?.remove()
  page.drafts.set(tab, { isDone: true, isThere: true, base: draft.base })
  await sync()
  if (page.keptThere === JSON.stringify(typed())) {
    page.drafts.get(tab).isThere = false
    await sendDraftsAlong()
  }
  showState(note)
  announce(note)
}

const discard = async (tab) => {
  const draft = page.drafts.get(tab)
  const { fields, names: called, base } = draft
  const answer = await tell({ tab, base, fields: {} })
  if (!answer) return showState()
  store(undoKey, { tab, at: Date.now(), record: { fields, names: called, base, at: draft.at ?? Date.now() } })
  forget(tab)
  draft.item.remove()
  page.drafts.delete(tab)
  offerUndo()
}

export const offerUndo = () => {
  const gone = read(undoKey)
  if (!gone || Date.now() - gone.at > UNDO) return localStorage.removeItem(undoKey)
  const undo = element("button", "Undo", { type: "button" })
  undo.onclick = async () => {
    localStorage.removeItem(undoKey)
    part("state").textContent = ""
    part("state-links").replaceChildren()
    const tab = newTab()
    store(placeOf(tab), gone.record)
    page.drafts.set(tab, { ...gone.record, isThere: false })
    await sync()
  }
  part("state").textContent = "A draft is discarded."
  part("state-links").replaceChildren(undo)
  announce("A draft is discarded. It can be undone for an hour.")
}

afterSync(sendDraftsAlong)
