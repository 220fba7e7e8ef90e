/* What a page of a story knows of its own text, and what this browser keeps of it (localStorage). */

import { box, field, isSame, mayEdit, namesNow, typed } from "eir/sitting-form"

const { story, user } = box.dataset
const prefix = `eir:typed:${user}:${story}:`

export const newTab = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

export const page = {
  tab: newTab(),
  base: Number(box.dataset.base),
  opened: null, // the text as the page came, which is saved
  submitted: null, // the text that was sent to be saved
  keptHere: "", // what this browser has, as JSON
  keptThere: "", // what the server has
  drafts: new Map(), // shadow drafts of other pages, by tab
  trouble: "", // "", "offline", "signed out", "someone else", "refused"
  merge: "", // where this page's own draft is brought together with the latest text
}

export const start = () => {
  if (!mayEdit) return
  page.tab = field("tab").value || page.tab
  field("tab").value = page.tab
  page.base = Number(field("base").value || page.base)
  page.opened = "isRefused" in box.dataset ? null : typed()
  page.keptHere = page.keptThere = JSON.stringify(page.opened)
}

export const isDirty = () => mayEdit && !isSame(page.opened, typed())
export const isSubmitted = () => isSame(page.submitted, typed())

/* What is typed while a save is under way is a text of its own: the saved one is settled by the server. */
export const tabNow = () => (page.submitted ? `${page.tab}+` : page.tab)

/* ------------------------------------------------------------- in this browser */

export const placeOf = (tab) => prefix + tab
export const tabsHere = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))

export const store = (key, record) => {
  try {
    localStorage.setItem(key, JSON.stringify(record))
  } catch {
    /* full or forbidden: the server has it */
  }
}
export const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key))
  } catch {
    return null
  }
}
export const forget = (tab) => localStorage.removeItem(placeOf(tab))

export const keepHere = () => {
  if (!mayEdit) return
  const fields = typed()
  const now = JSON.stringify(fields)
  if (now === page.keptHere) return
  page.keptHere = now
  if (isSame(page.opened, fields) || isSubmitted()) return forget(tabNow())
  store(placeOf(tabNow()), { fields, names: namesNow(), base: page.base, at: Date.now(), after: page.submitted })
}
