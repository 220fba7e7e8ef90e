/* Links: to a web page, or to a story of ours, found by its headline or slugline. The server's side is
   editorial/views/stories.py. */

import { crel, gettext, Link as BaseLink } from "django-prose-editor/editor"
import { field, openDialog } from "eir/prose-dialog"

const STORIES = "/admin/desk/stories/"

/* ------------------------------------------------------------- our stories */

const findStories = async (words) => {
  const response = await fetch(`${STORIES}?${new URLSearchParams({ q: words })}`)
  if (response.redirected) throw new Error(gettext("You have been signed out. Sign in again in another tab, then try once more."))
  if (!response.ok) throw new Error(gettext("This did not work. Try once more."))
  return (await response.json()).stories
}

const notPublic = ({ state }) => gettext("not public yet: %s").replace("%s", state)

const storyItem = (story, choose) => {
  const about = [story.slugline, story.public ? "" : notPublic(story)].filter(Boolean).join(" · ")
  const button = crel("button", { type: "button" }, [
    crel("b", { textContent: story.headline }),
    ...(about ? [crel("span", { textContent: about })] : []),
  ])
  button.addEventListener("click", () => choose(story))
  return crel("li", {}, [button])
}

/* Up and down between the question and its answers. */
const walk = (event, search, list) => {
  const stops = [search, ...list.querySelectorAll("button")]
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const next = stops[stops.indexOf(document.activeElement) + by]
  if (!by || !next) return
  event.preventDefault()
  next.focus()
}

const storySearch = (choose) => {
  const part = field({ name: "words", type: "search", title: gettext("Find a story of ours") })
  const search = part.querySelector("input")
  const status = crel("p", { className: "prose-dialog__hint", role: "status" })
  const list = crel("ul", { className: "prose-stories", "aria-label": gettext("Stories") })
  let asked = 0
  let waiting = 0
  const load = async () => {
    const question = ++asked
    try {
      const stories = search.value.trim() ? await findStories(search.value) : []
      if (question !== asked) return
      list.replaceChildren(...stories.map((story) => storyItem(story, choose)))
      const count = stories.length ? gettext("%s found").replace("%s", stories.length) : gettext("No story found")
      status.textContent = search.value.trim() ? count : ""
    } catch (error) {
      status.textContent = error.message
    }
  }
  search.addEventListener("input", () => {
    clearTimeout(waiting)
    waiting = setTimeout(load, 250)
  })
  const whole = crel("div", {}, [part, status, list])
  whole.addEventListener("keydown", (event) => walk(event, search, list))
  return whole
}

/* ----------------------------------------------------------------- the link */

/* What a writer means by "example.org" or "desk@example.org". */
const settleAddress = (text) => {
  const address = text.trim()
  if (/^(https?:\/\/|mailto:)[^\s]+$/i.test(address) || /^\/(?!\/)[^\s\\]*$/.test(address)) return address
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`
  if (/^[^\s/:]+\.[^\s]{2,}$/.test(address)) return `https://${address}`
  throw new Error(gettext("This is no web address. It starts with https:// – or with / on our own site."))
}

const askForLink = ({ href, title }, isNew) => {
  const address = field({ name: "href", title: gettext("Address"), value: href, required: true })
  const input = address.querySelector("input")
  const warning = crel("p", { className: "prose-dialog__hint", role: "status" })
  let headline = ""
  const choose = (story) => {
    input.value = story.address
    headline = story.headline
    warning.textContent = story.public ? "" : gettext("Readers cannot open this story yet (%s).").replace("%s", story.state)
    input.focus()
  }
  const hint = gettext("shown when the mouse rests on the link; mostly empty")
  return openDialog({
    title: gettext("Link"),
    submit: isNew ? gettext("Insert") : gettext("Update"),
    parts: [storySearch(choose), address, warning, field({ name: "title", title: gettext("Title"), value: title, hint })],
    answer: (values) => ({ href: settleAddress(values.href), title: values.title.trim() || null, headline }),
    onOpen: () => href && input.focus(),
  })
}

/* On selected words; on the link the cursor is in; otherwise the headline, or the address itself, is written. */
const editLink = async (editor) => {
  const isLink = editor.isActive("link")
  const answer = await askForLink(isLink ? editor.getAttributes("link") : {}, !isLink)
  if (!answer) return editor.commands.focus()
  const { headline, ...attrs } = answer
  const chain = editor.chain().focus()
  if (isLink) return chain.extendMarkRange("link").updateAttributes("link", attrs).run()
  if (!editor.state.selection.empty) return chain.setMark("link", attrs).run()
  return chain.insertContent({ type: "text", text: headline || attrs.href, marks: [{ type: "link", attrs }] }).run()
}

export const Link = BaseLink.extend({
  addKeyboardShortcuts() {
    return { "Mod-k": ({ editor }) => (editLink(editor), true) }
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "link",
      groups: "link",
      button: buttons.material("insert_link", gettext("Link")),
      command: editLink,
      active: (editor) => editor.isActive("link"),
    })
    menu.defineItem({
      name: "unlink",
      groups: "link",
      button: buttons.material("link_off", gettext("Remove the link")),
      command: (editor) => editor.chain().focus().unsetLink().run(),
      hidden: (editor) => !editor.isActive("link"),
    })
  },
})
