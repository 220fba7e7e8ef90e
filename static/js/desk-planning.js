/* The board and the calendar: a dialog for moves, dragging as a shorter way to it, and what came of it said aloud.
   Every link and form it takes over works without it. */

const live = document.querySelector("[data-live]")
const said = document.querySelector("[data-said]")
const dialog = document.querySelector("[data-dialog]")
const inside = dialog.querySelector("[data-inside]")
const refused = dialog.querySelector("[data-refused]")

let dragged = null

function say(text) {
  said.textContent = text
}

/* A lost login answers with the page to sign in: go there. */
async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options })
  if (answer.redirected && !answer.headers.get("Content-Type")?.includes("json") && answer.url.includes("login")) {
    location.assign(answer.url)
  }
  return answer
}

function withQuery(url, parameters) {
  const address = new URL(url, location.href)
  for (const [name, value] of Object.entries(parameters)) if (value) address.searchParams.set(name, value)
  return address
}

async function openDialog(url, to = "") {
  refused.hidden = true
  const answer = await ask(withQuery(url, { part: 1, to, next: location.pathname + location.search }))
  if (!answer.ok) return say("The moves of this story could not be loaded. Try again.")
  inside.innerHTML = await answer.text()
  if (!dialog.open) dialog.showModal()
  const first = inside.querySelector(".moves__form--wanted :is(input:not([type=hidden]), textarea, button)")
  ;(first ?? inside.querySelector("summary, button, a"))?.focus()
}

/* The same page again, with the story where it is now. */
async function refresh(id) {
  const answer = await ask(location.href)
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  live.replaceChildren(...page.querySelector("[data-live]").childNodes)
  const moved = document.getElementById(id)
  ;(moved?.querySelector("[data-open]") ?? moved?.querySelector("a"))?.focus()
}

async function send(url, body, id) {
  const answer = await ask(url, { method: "POST", body, headers: { Accept: "application/json" } })
  const isJson = answer.headers.get("Content-Type")?.includes("json")
  const text = isJson ? (await answer.json()).said : "This could not be done. Load the page again."
  if (answer.ok && isJson) {
    dialog.close()
    await refresh(id)
    say(text)
  } else if (dialog.open) {
    refused.textContent = text
    refused.hidden = false
  } else {
    say(text)
  }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]")
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  dialog.dataset.about = opener.closest("[id]").id
  openDialog(opener.dataset.open)
})

/* What has the role of a button answers to the space bar. */
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("[data-open]")) return
  event.preventDefault()
  event.target.click()
})

dialog.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return
  event.preventDefault()
  send(event.target.action, new FormData(event.target, event.submitter), dialog.dataset.about)
})

live.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-drag]")
  if (!dragged) return
  event.dataTransfer.effectAllowed = "move"
  event.dataTransfer.setData("text/plain", dragged.id)
  dragged.classList.add("is-dragged")
})

live.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged")
  live.querySelectorAll(".is-over").forEach((place) => place.classList.remove("is-over"))
  dragged = null
})

const placeOf = (event) => dragged && event.target.closest?.("[data-to], [data-day]")

live.addEventListener("dragover", (event) => {
  const place = placeOf(event)
  live.querySelectorAll(".is-over").forEach((other) => other !== place && other.classList.remove("is-over"))
  if (!place || place.contains(dragged)) return
  event.preventDefault()
  place.classList.add("is-over")
})

live.addEventListener("drop", (event) => {
  const place = placeOf(event)
  if (!place || place.contains(dragged)) return
  event.preventDefault()
  dialog.dataset.about = dragged.id
  if (place.dataset.to) return openDialog(dragged.dataset.drag, place.dataset.to)
  const body = new FormData()
  body.set("day", place.dataset.day)
  body.set("csrfmiddlewaretoken", document.querySelector("[data-token]").dataset.token)
  send(dragged.dataset.drag, body, dragged.id)
})
