/* A page of a story and the server: what is told to it, in order, and what came of that. */

import { box, mayEdit, PATIENCE, typed } from "eir/sitting-form"
import { showLatest, showPeople, showState } from "eir/sitting-news"
import { isDirty, isSubmitted, keepHere, page, tabNow } from "eir/sitting-page"

const { address, user } = box.dataset
const KEEPALIVE_BYTES = 60000

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
export const tell = async (said) => {
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
const steps = []

/* Something more to do each time the server answered. */
export const afterSync = (step) => steps.push(step)

export const sync = () => {
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
    showLatest(answer.latest, goMerge)
    for (const step of steps) await step()
  }
  showState()
}

const goMerge = async () => {
  await sync()
  if (page.merge) location.assign(page.merge)
}

export const leave = () => {
  keepHere()
  const fields = isDirty() && !isSubmitted() && JSON.stringify(typed()) !== page.keptThere ? typed() : null
  const said = { tab: tabNow(), base: page.base, is_leaving: true, ...(fields && { fields }) }
  if (JSON.stringify(said).length < KEEPALIVE_BYTES) post(said, true).catch(() => {})
}
