/* Nothing typed is ever lost: the page of a story keeps what is in its form.

   At once in this browser (localStorage), within seconds on the server (the sitting address), under a key of this very
   page: a reload, a second window or a duplicated tab is another page, and never writes over what this one kept. Where
   somebody else is in the story, or saved another text, the page says so. What was kept and never saved is offered when
   the story is opened again; nothing is put in the form unasked, but what was typed while a save was under way. */

import { collectDrafts, forgetMerged, goOn, offerDrafts, offerUndo } from "eir/sitting-drafts"
import { field, form, mayEdit, typed } from "eir/sitting-form"
import { showState, TROUBLE } from "eir/sitting-news"
import { keepHere, newTab, page, start } from "eir/sitting-page"
import { leave, sync } from "eir/sitting-server"

const SETTLE = 1500
const AT_MOST = 8000
const HEARTBEAT = 15000

let settling = 0
let firstTyped = 0

const onTyping = () => {
  keepHere()
  if (JSON.stringify(typed()) === page.keptThere) return
  firstTyped ||= Date.now()
  clearTimeout(settling)
  const wait = Math.max(0, Math.min(SETTLE, firstTyped + AT_MOST - Date.now()))
  settling = setTimeout(() => {
    firstTyped = 0
    sync()
  }, wait)
}

/* A save that cannot arrive would only lose the page: it waits until somebody is signed in and connected. */
const onSubmit = async (event) => {
  keepHere()
  const { submitter } = event
  if (submitter?.hasAttribute("formaction")) return
  if (!page.trouble || page.trouble === "refused") {
    const sent = typed()
    setTimeout(() => {
      if (!event.defaultPrevented) page.submitted = sent
    })
    return
  }
  event.preventDefault()
  await sync()
  if (!page.trouble) form.requestSubmit(submitter)
  else showState(`${TROUBLE[page.trouble]} It could not be saved just now.`)
}

const run = async () => {
  start()
  forgetMerged()
  collectDrafts()
  offerDrafts()
  offerUndo()
  if (mayEdit) {
    form.setAttribute("autocomplete", "off") // a browser that refills the form would mix two texts
    form.addEventListener("input", onTyping)
    form.addEventListener("change", onTyping)
    window.django?.jQuery?.(form).on("change", onTyping)
    form.addEventListener("submit", onSubmit)
  }
  window.addEventListener("online", sync)
  window.addEventListener("focus", () => page.trouble && sync())
  window.addEventListener("pagehide", leave)
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted || !mayEdit) return
    page.submitted = null // brought back from the browser's memory: a page of its own again
    field("tab").value = page.tab = newTab()
    sync()
  })
  document.addEventListener("visibilitychange", () => document.hidden && sync())
  if (!(await goOn())) await sync() // what it says stands until the next heartbeat
  setInterval(sync, HEARTBEAT)
}

run()
