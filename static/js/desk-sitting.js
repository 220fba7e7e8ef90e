/* Nothing typed is ever lost: the page of a story keeps what is in its form.

   At once in this browser (localStorage), within seconds on the server (the sitting address), under a key of this very
   page: a reload, a second window or a duplicated tab is another page, and never writes over what this one kept. Where
   somebody else is in the story, or saved another text, the page says so. What was kept and never saved is offered when
   the story is opened again; nothing is put in the form unasked, but what was typed while a save was under way. */

const box = document.getElementById("sitting")
const form = document.getElementById("article_form")

const SETTLE = 1500
const AT_MOST = 8000
const HEARTBEAT = 15000
const PATIENCE = 12000
const UNDO = 3600e3
const KEPT = 30 * 24 * 3600e3
const KEEPALIVE_BYTES = 60000

const { address, signIn, story, user, zone } = box?.dataset ?? {}
const mayEdit = box?.hasAttribute("data-may-edit")
const names = box?.dataset.fields.split(" ")
const prefix = `eir:typed:${user}:${story}:`
const undoKey = `eir:discarded:${user}:${story}`

const newTab = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
const field = (name) => form.elements[name]
const part = (name) => box.querySelector(`[data-${name}]`)

/* ------------------------------------------------------------------ the form */

const valuesOf = (element) =>
  element.multiple ? [...element.selectedOptions].map((option) => option.value) : [element.value]

const typed = () => Object.fromEntries(names.filter(field).map((name) => [name, valuesOf(field(name))]))

/* What the chosen rows are called, for putting them back on another day. */
const namesNow = () =>
  Object.fromEntries(
    names
      .filter((name) => field(name)?.tagName === "SELECT")
      .map((name) => [name, Object.fromEntries([...field(name).selectedOptions].map((option) => [option.value, option.text]))]),
  )

const tidy = (name, value) => {
  if (name !== "body") return value.replace(/\r\n/g, "\n").trim()
  const holder = document.createElement("template")
  holder.innerHTML = value
  return holder.innerHTML.trim()
}
const tidied = (fields) => JSON.stringify(names.map((name) => fields[name]?.map((value) => tidy(name, value)) ?? []))
const isSame = (one, other) => Boolean(one && other) && tidied(one) === tidied(other)

/* The address may be made anew while saving. */
const isSameText = (one, other) => Boolean(one && other) && isSame({ ...one, slug: [""] }, { ...other, slug: [""] })

const choose = (select, values, called) => {
  for (const option of select.options) option.selected = false
  for (const value of values.filter(Boolean)) {
    const known = [...select.options].find((option) => option.value === value)
    const option = known ?? new Option(called[value] ?? value, value)
    if (!known || select.multiple) select.append(option)
    option.selected = true
  }
  if (!select.multiple && !values[0]) select.value = ""
  window.django?.jQuery?.(select).trigger("change")
}

const fill = async ({ fields, names: called = {} }) => {
  for (const [name, values] of Object.entries(fields)) {
    const element = field(name)
    if (!element) continue
    if (element.tagName === "SELECT") choose(element, values, called[name] ?? {})
    else if (name === "body") await fillText(element, values[0] ?? "")
    else element.value = values[0] ?? ""
    element.dispatchEvent(new Event("input", { bubbles: true }))
    element.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

const fillText = async (textarea, html) => {
  textarea.value = html // what the editor starts with, if it has not started yet
  const { whenReady } = await import("eir/prose-page")
  const put = new Promise((done) => whenReady((editor) => done(editor.commands.setContent(html, { emitUpdate: true }))))
  await Promise.race([put, new Promise((done) => setTimeout(done, PATIENCE))])
}

/* -------------------------------------------------------------- what it knows */

const page = {
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

const start = () => {
  if (!mayEdit) return
  page.tab = field("tab").value || page.tab
  field("tab").value = page.tab
  page.base = Number(field("base").value || page.base)
  page.opened = "isRefused" in box.dataset ? null : typed()
  page.keptHere = page.keptThere = JSON.stringify(page.opened)
}

const isDirty = () => mayEdit && !isSame(page.opened, typed())
const isSubmitted = () => isSame(page.submitted, typed())

/* What is typed while a save is under way is a text of its own: the saved one is settled by the server. */
const tabNow = () => (page.submitted ? `${page.tab}+` : page.tab)

/* ------------------------------------------------------------- in this browser */

const store = (key, record) => {
  try {
    localStorage.setItem(key, JSON.stringify(record))
  } catch {
    /* full or forbidden: the server has it */
  }
}
const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key))
  } catch {
    return null
  }
}
const forget = (tab) => localStorage.removeItem(prefix + tab)

const keepHere = () => {
  if (!mayEdit) return
  const fields = typed()
  const now = JSON.stringify(fields)
  if (now === page.keptHere) return
  page.keptHere = now
  if (isSame(page.opened, fields) || isSubmitted()) return forget(tabNow())
  store(prefix + tabNow(), { fields, names: namesNow(), base: page.base, at: Date.now(), after: page.submitted })
}

/* --------------------------------------------------------------- on the server */

const ask = (options) =>
  fetch(address, { credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...options })

const post = (said, keepalive = false) =>
  ask({
    method: "POST",
    keepalive,
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector('[name="csrfmiddlewaretoken"]').value },
    body: JSON.stringify(said),
  })

/* After signing in again elsewhere, the page's own token is void: take the new one. */
const renewToken = async () => {
  const answer = await ask({ method: "GET" })
  if (!answer.ok) return answer.status === 404 ? "refused" : "signed out"
  const { token, user: who } = await answer.json()
  if (String(who) !== user) return "someone else"
  for (const input of document.querySelectorAll('[name="csrfmiddlewaretoken"]')) input.value = token
  return ""
}

/* The server's answer, or null with page.trouble saying what is the matter. Never throws. */
const tell = async (said) => {
  try {
    let answer = await post(said)
    if (answer.status === 403) {
      page.trouble = await renewToken()
      if (page.trouble) return null
      answer = await post(said)
    }
    page.trouble = answer.ok ? "" : answer.status === 401 || answer.type === "opaqueredirect" ? "signed out" : "refused"
    return answer.ok ? await answer.json() : null
  } catch {
    page.trouble = "offline"
    return null
  }
}

let underWay = null

const sync = () => {
  underWay ??= syncOnce().finally(() => (underWay = null))
  return underWay
}

const syncOnce = async () => {
  keepHere()
  const tab = tabNow()
  const now = mayEdit ? JSON.stringify(typed()) : page.keptThere
  const news = now === page.keptThere ? {} : { fields: isDirty() && !isSubmitted() ? JSON.parse(now) : {} }
  const answer = await tell({ tab, base: page.base, ...news })
  if (answer) {
    if (tab === tabNow()) page.keptThere = now
    if (news.fields) page.merge = answer.draft?.merge ?? ""
    showPeople(answer.others)
    showLatest(answer.latest)
    await sendDraftsAlong()
  }
  showState()
}

/* ---------------------------------------------------------------- what it says */

const element = (tag, text, attributes = {}) => Object.assign(document.createElement(tag), { textContent: text, ...attributes })
const written = (at, parts) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...parts }).format(at) // the newsroom's time
const clock = (at) => written(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
const day = (at) => written(at, { day: "numeric", month: "short" })

/* Said aloud once; the sight of it may change as often as it likes (WCAG 4.1.3, rule A9). */
let lastSaid = ""
const announce = (text) => {
  if (text === lastSaid) return
  lastSaid = text
  part("said").textContent = text
}

const TROUBLE = {
  offline: "No connection: what you type is kept in this browser and sent when the connection is back.",
  "signed out": "You are signed out: what you type is kept in this browser.",
  "someone else": "Someone else is signed in here now: what you type is kept in this browser only.",
  refused: "The server does not take drafts of this story now: what you type is kept in this browser.",
}

const showState = (note = "") => {
  const links = part("state-links")
  box.toggleAttribute("data-trouble", Boolean(page.trouble))
  const kept = page.keptThere && isDirty() && JSON.stringify(typed()) === page.keptThere
  const calm = kept ? `Kept at ${clock(Date.now())} as a draft that only you see. It is not saved yet.` : ""
  const text = note || TROUBLE[page.trouble] || calm
  if (!text && isDirty()) return
  part("state").textContent = text
  announce(note || TROUBLE[page.trouble] || (kept ? "Kept as a draft that only you see." : ""))
  links.replaceChildren()
  if (page.trouble === "signed out") {
    links.append(element("a", "Sign in in a new window", { href: signIn, target: "_blank", rel: "opener" }), ", then go on here.")
  }
}

const showPeople = (others) => {
  const said = others.map(({ name, since }) => `${name} is also in this story, since ${since}.`).join(" ")
  const line = part("people")
  line.replaceChildren(
    ...others.map(({ name, since, is_typing: isTyping }) =>
      element("span", `${name} is also in this story, since ${since}${isTyping ? ", and typing" : ""}.`),
    ),
  )
  if (line.dataset.people !== said) {
    line.dataset.people = said
    if (said) announce(said)
  }
}

const showLatest = (latest) => {
  const line = part("saved")
  if (!latest || page.submitted) return line.replaceChildren()
  const who = latest.is_own ? "You saved another text in another window" : `${latest.by} saved a new text`
  const text = `${who} at ${latest.at}. `
  const wish = isDirty()
    ? element("button", "Bring both together", { type: "button", onclick: goMerge })
    : element("a", "See it", { href: location.href, onclick: () => location.reload() })
  if (line.firstChild?.textContent !== text) announce(text)
  line.replaceChildren(element("span", text), wish)
}

const goMerge = async () => {
  await sync()
  if (page.merge) location.assign(page.merge)
}

/* ------------------------------------------------------------------- recovery */

/* Drafts of earlier pages: those the server named, and those only this browser has. */
const collectDrafts = () => {
  for (const item of box.querySelectorAll(".unsaved")) {
    const record = JSON.parse(item.querySelector("script").textContent)
    const { tab, merge, discard } = item.dataset
    page.drafts.set(tab, { ...record, item, merge, discard, isThere: true })
  }
  if (!mayEdit) return
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix))) {
    const tab = key.slice(prefix.length)
    const record = read(key)
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
const forgetMerged = () => {
  const here = new URL(location.href)
  if (!here.searchParams.has("merged")) return
  forget(here.searchParams.get("merged"))
  here.searchParams.delete("merged")
  history.replaceState(history.state, "", here)
}

/* What was typed between the click on Save and its answer goes on where it was typed. */
const goOn = async () => {
  for (const [tab, draft] of page.drafts) {
    if (!draft.after || draft.isDone || !isSameText(draft.after, page.opened) || isDirty()) continue
    draft.item?.remove()
    if (isSame({ slug: draft.fields.slug }, { slug: draft.after.slug })) draft.fields.slug = page.opened.slug
    await restore(tab, "What you typed while it was being saved is in the form again; save once more.")
  }
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

/* Into the form; what stood in the form unsaved becomes a draft of its own first. */
const restore = async (tab, note = "Put back. It is not saved yet.") => {
  const draft = page.drafts.get(tab)
  if (isDirty()) {
    await sync()
    page.drafts.set(page.tab, { ...read(prefix + page.tab), isThere: false })
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

const offerUndo = () => {
  const gone = read(undoKey)
  if (!gone || Date.now() - gone.at > UNDO) return localStorage.removeItem(undoKey)
  const undo = element("button", "Undo", { type: "button" })
  undo.onclick = async () => {
    localStorage.removeItem(undoKey)
    part("state").textContent = ""
    part("state-links").replaceChildren()
    const tab = newTab()
    store(prefix + tab, gone.record)
    page.drafts.set(tab, { ...gone.record, isThere: false })
    await sync()
  }
  part("state").textContent = "A draft is discarded."
  part("state-links").replaceChildren(undo)
  announce("A draft is discarded. It can be undone for an hour.")
}

/* --------------------------------------------------------------------- running */

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

const leave = () => {
  keepHere()
  const fields = isDirty() && !isSubmitted() && JSON.stringify(typed()) !== page.keptThere ? typed() : null
  const said = { tab: tabNow(), base: page.base, is_leaving: true, ...(fields && { fields }) }
  if (JSON.stringify(said).length < KEEPALIVE_BYTES) post(said, true).catch(() => {})
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
  for (const [tab, draft] of page.drafts) if (draft.item?.isConnected) show(tab, draft)
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
  await goOn()
  await sync()
  setInterval(sync, HEARTBEAT)
}

if (box && form) run()
