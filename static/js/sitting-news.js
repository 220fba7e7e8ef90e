/* What a page of a story says: how its text is kept, who else is there, what they saved. */

import { box, typed } from "eir/sitting-form"
import { isDirty, page } from "eir/sitting-page"

const { signIn, zone } = box.dataset

export const part = (name) => box.querySelector(`[data-${name}]`)
export const element = (tag, text, attributes = {}) => Object.assign(document.createElement(tag), { textContent: text, ...attributes })
const written = (at, parts) => new Intl.DateTimeFormat("en-US", { timeZone: zone, ...parts }).format(at) // the newsroom’s time
export const clock = (at) => written(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
export const day = (at) => written(at, { day: "numeric", month: "short" })

/* Said aloud once; the sight of it may change as often as it likes (WCAG 4.1.3, rule A9). */
let lastSaid = ""
export const announce = (text) => {
  if (text === lastSaid) return
  lastSaid = text
  part("said").textContent = text
}

export const TROUBLE = {
  offline: "No connection: what you type is kept in this browser and sent when the connection is back.",
  "signed out": "You are signed out: what you type is kept in this browser.",
  "someone else": "Someone else is signed in here now: what you type is kept in this browser only.",
  refused: "The server does not take drafts of this story now: what you type is kept in this browser.",
}

export const showState = (note = "") => {
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

export const showPeople = (others) => {
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

export const showLatest = (latest, goMerge) => {
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
